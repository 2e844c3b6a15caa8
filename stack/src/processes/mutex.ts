/** Lets asynchronous acts happen one after another, in the order they were asked for. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `act` once all earlier ones have ended, whether well or not. */
  runExclusive<Result>(act: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(act);
    this.#last = turn.catch(() => {}); // told to whoever asked for it
    return turn;
  }
}
