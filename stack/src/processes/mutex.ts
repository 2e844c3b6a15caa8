/** A mutex: runs asynchronous operations one at a time, in the order of the calls. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `act` when all earlier operations have ended, whether they succeeded or not. */
  runExclusive<Result>(act: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(act);
    this.#last = turn.catch(() => {}); // its caller gets the error
    return turn;
  }
}
