import type { Message } from "@bufbuild/protobuf";
import type { Sent, Told } from "#rpc/transport.ts";

/** Returns a promise of a call that a test hands to a transport itself. */
export function answerOf(send: (told: Told) => Sent): Promise<Message> {
  return new Promise((resolve, reject) => {
    send({ answered: resolve, failed: reject });
  });
}
