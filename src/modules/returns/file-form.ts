import type { CashBalance } from './cash';
import type { Reckoning } from './reckoning';
import type { ReturnsRequest } from './request';
import type { Outcome, Stake } from './stake';

/** How a file is written: the texts of its parts, in their order. */
export interface FileForm {
  readonly head: (request: ReturnsRequest) => string;
  readonly stake: (stake: Stake, outcome: Outcome) => string;
  readonly cash: (balance: CashBalance) => string;
  readonly results: (reckoning: Reckoning) => string;
  /** The last line: the hash of everything before it. */
  readonly seal: (sha256: string) => string;
}
