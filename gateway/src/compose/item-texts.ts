import assert from "node:assert";

/**
 * The JSON texts of items, each made once for each message. Readers that ask for the same page at
 * the same time share its messages. What decorates an item is not part of its text: these members
 * are null in its view, and are filled in for each answer.
 */
export class ItemTexts<Message extends object> {
  readonly #members: readonly string[];
  readonly #toView: (message: Message) => object;
  /** What stands around the values of the members. */
  readonly #parts = new WeakMap<Message, readonly string[]>();

  /** `members` are in the order of the view. */
  constructor(members: readonly string[], toView: (message: Message) => object) {
    this.#members = members;
    this.#toView = toView;
  }

  /** Returns the text of an item with the values of its members, as JSON, in their order. */
  fill(message: Message, values: readonly string[]): string {
    let parts = this.#parts.get(message);
    if (parts === undefined) {
      parts = this.#split(JSON.stringify(this.#toView(message)));
      this.#parts.set(message, parts);
    }
    let [text = ""] = parts;
    for (const [index, value] of values.entries()) text += value + parts[index + 1];
    return text;
  }

  /** A quote within a string is escaped, so the name of a member stands nowhere else. */
  #split(text: string): readonly string[] {
    const parts: string[] = [];
    let rest = text;
    for (const member of this.#members) {
      const empty = `"${member}":null`;
      const at = rest.indexOf(empty);
      assert(at >= 0, `the view has no ${member} to fill`);
      const valueAt = at + empty.length - "null".length;
      parts.push(rest.slice(0, valueAt));
      rest = rest.slice(valueAt + "null".length);
    }
    return [...parts, rest];
  }
}

/** A page of a list: its items as JSON, and what else it tells. */
export interface PageText {
  readonly items: readonly string[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
  readonly members: object;
}

/** Writes a page as JSON. `list` is the name of the member with the items. */
export function toPageText(list: string, { items, nextPageToken, members }: PageText): string {
  const others = JSON.stringify({ nextPageToken: nextPageToken || null, ...members });
  return `{"${list}":[${items.join(",")}],${others.slice(1)}`;
}
