import { DatabaseReadOnly } from "./database-error.ts";
import type { PrimaryState } from "./primary-monitor.ts";

/** Whether writes are refused, and why. */
export interface ReadOnlyStatus {
  readonly readOnly: boolean;
  /** An operator has said so. */
  readonly operator: boolean;
  readonly primary: PrimaryState;
}

/** Refuses writes for as long as an operator wants it. */
export interface ReadOnlySwitch {
  status(): ReadOnlyStatus;
  /** Switches at once: what has begun goes on. Forgotten when the process ends. */
  set(on: boolean): void;
}

/**
 * Knows whether writes are taken: not while the primary takes none, and not while an operator says
 * so.
 */
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
    this.tell();
  }

  /** Tells whoever listens what holds now. */
  tell(): void {
    this.#onChange(this.status());
  }

  /** Throws DatabaseReadOnly if a write would be refused. */
  check(): void {
    const { readOnly, operator } = this.status();
    if (!readOnly) return;
    throw new DatabaseReadOnly(
      operator
        ? "an operator has switched the service to read-only"
        : "the database takes no writes now",
    );
  }
}
