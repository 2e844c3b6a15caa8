import type {
  CreateImageRequest,
  ImageHeader,
  UploadEnd,
} from "@triptych/protos/images/v1/image_service_pb";
import { invalidArgument } from "#domain/reasons.ts";

/** The contract's limit. Larger chunks would delay the other calls of the connection. */
const CHUNK_BYTES_MAX = 64 * 1024;

/** The messages of an upload, in their order. All members throw INVALID_ARGUMENT. */
export interface UploadStream {
  readonly header: ImageHeader;
  /** Throws if the stream ends without the end message. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Returns the end message, once the chunks have ended. */
  end(): UploadEnd;
}

/**
 * Opens an upload's stream by its first message. The caller stays responsible for closing the
 * messages.
 */
export async function openUploadStream(
  messages: AsyncIterator<CreateImageRequest>,
): Promise<UploadStream> {
  const first = await messages.next();
  const part = first.done ? undefined : first.value.part;
  if (part?.case !== "header") throw refused("header", "must be the first message");
  let end: UploadEnd | undefined;

  async function* chunks(): AsyncIterable<Uint8Array> {
    let sizeBytes = 0;
    for (let next = await messages.next(); !next.done; next = await messages.next()) {
      const { part } = next.value;
      if (part.case === "end") {
        if (part.value.sizeBytes !== sizeBytes) {
          throw refused("end", `must say the ${sizeBytes} bytes that came`);
        }
        end = part.value;
        return;
      }
      if (part.case !== "chunk") throw refused("chunk", "must follow the header");
      if (part.value.length > CHUNK_BYTES_MAX) {
        throw refused("chunk", `must have at most ${CHUNK_BYTES_MAX} bytes`);
      }
      sizeBytes += part.value.length;
      yield part.value;
    }
    throw cutOff();
  }

  return {
    header: part.value,
    chunks: chunks(),
    end() {
      if (end === undefined) throw cutOff();
      return end;
    },
  };
}

function cutOff(): Error {
  return refused("end", "must be the last message: the upload was cut off");
}

function refused(field: string, message: string): Error {
  return invalidArgument([{ field, message }]);
}
