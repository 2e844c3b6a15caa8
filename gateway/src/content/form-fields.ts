import type { MultipartFile } from "@fastify/multipart";
import type { FieldViolation } from "@triptych/chassis/contract/failure";
import { findCharacterViolation } from "@triptych/chassis/validation/text-violation";
import { shownFieldName } from "#problems/field-name.ts";
import type { ImageForm } from "#schemas/images.ts";

/** A description of 5,000 characters of 4 bytes, and some slack. */
const FIELD_BYTES_MAX = 32 * 1024;
const LISTS: ReadonlySet<string> = new Set(["tags"]);

/** Collects the text fields of a form but for empty ones, and the violations of their bytes. */
export interface FormFields {
  /** Reads a part to its end. */
  add(part: MultipartFile): Promise<void>;
  violations(): readonly FieldViolation[];
  /** The fields in the form of the schema, which is checked later. */
  values(): ImageForm;
}

/** Creates an empty collection. */
export function createFormFields(): FormFields {
  const values = new Map<string, string | string[]>();
  const violations: FieldViolation[] = [];

  return {
    async add(part) {
      const name = part.fieldname ?? "";
      const text = await readText(part);
      // A form sends each field that its user left empty: it was not given.
      if (text === "") return;
      const message =
        typeof text === "string"
          ? (findCharacterViolation(name) ?? findCharacterViolation(text))
          : text.violation;
      if (message !== undefined) {
        violations.push({ field: shownFieldName(name), message });
      } else if (LISTS.has(name)) {
        values.set(name, [...[values.get(name) ?? []].flat(), String(text)]);
      } else if (values.has(name)) {
        violations.push({
          field: shownFieldName(name),
          message: "must not be given more than once",
        });
      } else {
        values.set(name, String(text));
      }
    },
    violations: () => violations,
    values: () => Object.fromEntries(values) as ImageForm,
  };
}

async function readText({ file }: MultipartFile): Promise<string | { readonly violation: string }> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of file) {
    length += chunk.length;
    // The rest is read and dropped, since the next part follows it.
    if (length <= FIELD_BYTES_MAX) chunks.push(chunk);
  }
  if (length > FIELD_BYTES_MAX) return { violation: "is too long" };
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    return { violation: "must be UTF-8" };
  }
}
