/** One step of a play: short enough to be read while it happens. */
export interface PlayScene {
  readonly title: string;
  readonly play: () => Promise<void>;
}

/** A part of the play with its own people; acts follow each other in one world. */
export interface Act {
  readonly title: string;
  readonly scenes: readonly PlayScene[];
}
