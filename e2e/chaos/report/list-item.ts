const COLUMNS = 100;

/** Wraps a text at 100 columns, as the item of a list: later lines are indented. */
export function listItem(text: string): string {
  const lines = [""];
  for (const word of `- ${text}`.split(" ")) {
    const line = lines.at(-1) ?? "";
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= COLUMNS) lines[lines.length - 1] = longer;
    else lines.push(`  ${word}`);
  }
  return lines.join("\n");
}
