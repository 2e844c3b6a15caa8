import { DatabaseReadOnly } from "./database-error.ts";
import type { PrimaryState } from "./primary-monitor.ts";

/** The state of read-only mode, and its reasons. */
export interface ReadOnlyStatus {
  readonly readOnly: boolean;
  /** An operator has switched to read-only. */
  readonly operator: boolean;
  readonly primary: PrimaryState;
}

/** An operator's switch, which refuses writes. */
export interface ReadOnlySwitch {
  status(): ReadOnlyStatus;
  /** Takes effect at once, but not on writes in progress. Not stored: a restart resets it. */
  set(on: boolean): void;
}

/** Read-only mode: writes are refused while the primary refuses them, or an operator said so. */
export class ReadOnlyMode implements ReadOnlySwitch {
  readonly #primaryState: () => PrimaryState;
  readonly #onChange: (status: ReadOnlyStatus) => void;
  #operator = false;

  constructor(primaryState: () => PrimaryState, onChange: (status: ReadOnlyStatus) => void) {
    this.#primaryState = primaryState;
    this.#onChange = onChange;
  }

  status(): ReadOnlyStatus {
    const primary = this.#primaryState();
    return {
      readOnly: this.#operator || primary !== "writable",
      operator: this.#operator,
      primary,
    };
  }

  set(on: boolean): void {
    if (on === this.#operator) return;
    this.#operator = on;
    this.notify();
  }

  /** Calls the listener with the state now. */
  notify(): void {
    this.#onChange(this.status());
  }

  /** Throws DatabaseReadOnly if writes are refused. */
  check(): void {
    const { readOnly, operator } = this.status();
    if (!readOnly) return;
    throw new DatabaseReadOnly(
      operator
        ? "an operator has switched the service to read-only"
        : "the database refuses writes now",
    );
  }
}
