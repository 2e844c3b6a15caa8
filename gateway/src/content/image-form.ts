import { finished } from "node:stream/promises";
import type { Multipart, MultipartFile } from "@fastify/multipart";
import type { FieldViolation } from "@triptych/chassis/contract/failure";
import type { FastifyRequest } from "fastify";
import { createCheck } from "#http/validators.ts";
import { fromValidation } from "#problems/from-validation.ts";
import { invalidFields, Problem } from "#problems/problem.ts";
import { ImageForm } from "#schemas/images.ts";
import { UPLOAD_BYTES_MAX } from "#schemas/limits.ts";
import { createFormFields, type FormFields } from "./form-fields.ts";

/** The largest chunk that the contract allows. */
const CHUNK_BYTES_MAX = 64 * 1024;
const FILE = "file";

/** An upload that was read up to its file. */
export interface OpenImageForm {
  /** The text fields before the file. */
  readonly before: ImageForm;
  /**
   * Yields the file's bytes, and reads the rest of the form before it ends: at its end the whole
   * form is valid. Throws a {@link Problem} otherwise.
   */
  bytes(): AsyncGenerator<Uint8Array<ArrayBuffer>>;
  /** The text fields behind the file, once its bytes are read. */
  after(): ImageForm;
}

const check = createCheck(ImageForm);

/** Creates the refusal of a file beyond the limit, whether its length was declared or counted. */
export function fileTooLarge(): Problem {
  const detail = `A file may have ${UPLOAD_BYTES_MAX / (1024 * 1024)} MiB.`;
  return new Problem("TOO_LARGE", { detail });
}

/**
 * Reads an upload up to its file. The file is streamed, and never held in memory. Throws a
 * {@link Problem} that names every bad field so far.
 */
export async function openImageForm(request: FastifyRequest): Promise<OpenImageForm> {
  const parts = request.parts()[Symbol.asyncIterator]();
  const fields = createFormFields();
  const file = await readUntilFile(parts, fields);
  const before = checked(fields, file ? [] : [{ field: FILE, message: "is required" }]);
  if (file === undefined) throw new Problem("MALFORMED_MULTIPART");

  let after: ImageForm = {};
  return {
    before,
    after: () => after,
    async *bytes() {
      yield* chunksOf(file);
      await readRest(parts, fields);
      after = fieldsBehind(before, checked(fields));
      await whole(request);
    },
  };
}

/**
 * Waits for the end of the request's body. For a client that was cut off, the parser ends as if the
 * form were complete: only the HTTP message shows that it was not.
 */
async function whole({ raw }: FastifyRequest): Promise<void> {
  if (raw.complete) return;
  await wellFormed(() => finished(raw.resume()));
  if (!raw.complete) throw new Problem("MALFORMED_MULTIPART");
}

type Parts = AsyncIterator<Multipart>;

/** A file of which the first bytes were read. */
interface OpenFile {
  readonly part: MultipartFile;
  readonly first: IteratorResult<Uint8Array<ArrayBuffer>>;
  readonly rest: AsyncIterator<Uint8Array<ArrayBuffer>>;
}

/** Opens a file; undefined if none was chosen: a form sends no name and no bytes then. */
async function openFile(part: MultipartFile): Promise<OpenFile | undefined> {
  const rest: OpenFile["rest"] = part.file[Symbol.asyncIterator]();
  const first = await wellFormed(() => rest.next());
  return first.done && !part.filename ? undefined : { part, first, rest };
}

async function readUntilFile(parts: Parts, fields: FormFields): Promise<OpenFile | undefined> {
  for (let part = await next(parts); part !== undefined; part = await next(parts)) {
    if (part.fieldname === FILE) {
      const file = await openFile(part);
      if (file !== undefined) return file;
    } else {
      await wellFormed(() => fields.add(part));
    }
  }
  return undefined;
}

async function readRest(parts: Parts, fields: FormFields): Promise<void> {
  for (let part = await next(parts); part !== undefined; part = await next(parts)) {
    if (part.fieldname !== FILE) {
      await wellFormed(() => fields.add(part));
    } else if ((await openFile(part)) !== undefined) {
      throw invalidFields([{ field: FILE, message: "must not be given more than once" }]);
    }
  }
}

async function* chunksOf({ part, first, rest }: OpenFile): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { file } = part;
  for (let read = first; !read.done; read = await wellFormed(() => rest.next())) {
    if (file.truncated) break;
    const bytes = read.value;
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES_MAX) {
      yield bytes.subarray(at, at + CHUNK_BYTES_MAX);
    }
  }
  if (file.truncated) throw fileTooLarge();
}

/** Reads the next part. The parser treats every part as a file, so texts come as raw bytes. */
async function next(parts: Parts): Promise<MultipartFile | undefined> {
  const read = await wellFormed(() => parts.next());
  if (read.done) return undefined;
  if (read.value.type !== "file") throw new Problem("MALFORMED_MULTIPART");
  return read.value;
}

/** Converts any error of the parser: the form is broken, or was cut off. */
async function wellFormed<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw cause instanceof Problem ? cause : new Problem("MALFORMED_MULTIPART", { cause });
  }
}

/** Returns the fields so far. Throws a {@link Problem} that names every bad one. */
function checked(fields: FormFields, others: readonly FieldViolation[] = []): ImageForm {
  const values = fields.values();
  const all = [...others, ...fields.violations(), ...fromValidation(check(values))];
  if (all.length > 0) throw invalidFields(all);
  return values;
}

/** Returns the fields of a whole form that did not stand before its file. */
function fieldsBehind(before: ImageForm, form: ImageForm): ImageForm {
  const { tags = [], ...texts } = form;
  const behind = Object.entries(texts).filter(([name]) => !(name in before));
  return { ...Object.fromEntries(behind), tags: tags.slice(before.tags?.length) };
}
