/**
 * Clock: the only source of time. Monotonic time decides; wall time is for people.
 */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Monotonic milliseconds from an arbitrary start. */
  nowMs(): number;
  /** Milliseconds since the epoch. Never used for a decision. */
  wallMs(): number;
  after(ms: number, run: () => void): Timer;
}
