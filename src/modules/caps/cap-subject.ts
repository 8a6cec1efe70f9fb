import { must } from '../../kernel/assert';
import type { Id } from '../../kernel/id';
import type { Cap, CapScope } from '../rulebooks';
import type { CapPlace } from './cap-line';

/** Everybody whose acts a cap may count. Which of them are needed is a matter of the cap's scope. */
export interface CapParties {
  readonly operatorId: number;
  /** The investor; of a loan, the lender. */
  readonly investor?: Id<'pty'> | undefined;
  /** The issuer; of a loan, the borrower. */
  readonly issuer?: Id<'pty'> | undefined;
  /** Other borrowers linked with this one, in any order; of interest to `borrower-cluster` only. */
  readonly linkedBorrowers?: readonly Id<'pty'>[] | undefined;
  readonly offering?: Id<'off'> | undefined;
}

/**
 * Whose row of usage a cap's acts are counted on:
 *
 * | scope              | subject                          |
 * | ------------------ | -------------------------------- |
 * | `investor`         | the investor's party             |
 * | `investor-issuer`  | `<investor>/<issuer>`            |
 * | `lender-borrower`  | `<investor>/<issuer>`            |
 * | `issuer`           | the issuer's party               |
 * | `borrower`         | the issuer's party               |
 * | `borrower-cluster` | the issuer's party; see `capPlace` |
 * | `offering`         | the offering                     |
 * | `operator`         | `operator:<number>`              |
 *
 * Subjects of two caps may be equal: the cap's key keeps their rows apart. Whether the row is one
 * operator's or the installation's is in that key too, see `capKey`.
 *
 * @throws AssertionError when a party that the scope needs is not given.
 */
export function capSubject({ scope }: Pick<Cap, 'scope'>, parties: CapParties): string {
  return SUBJECT_OF[scope](parties);
}

/**
 * The place of a cap's line. For a `borrower-cluster` it names the linked borrowers, whose use of
 * the cap counts as the borrower's own: each keeps a row, so that a link found or undone later
 * moves nothing, and a reservation locks and sums the rows of all.
 *
 * @throws AssertionError when a party that the scope needs is not given.
 */
export function capPlace(cap: Pick<Cap, 'scope' | 'rulebook'>, parties: CapParties): CapPlace {
  const subject = capSubject(cap, parties);
  const { operatorId, linkedBorrowers = [] } = parties;
  const place = { rulebookId: cap.rulebook, operatorId, subject };
  if (cap.scope !== 'borrower-cluster') return place;
  const linked = [...new Set(linkedBorrowers)].filter((party) => party !== subject).toSorted();
  return { ...place, linked };
}

const SUBJECT_OF: Readonly<Record<CapScope, (parties: CapParties) => string>> = {
  investor: ({ investor }) => must(investor, 'the investor of a cap'),
  'investor-issuer': pair,
  'lender-borrower': pair,
  issuer: issuerOf,
  borrower: issuerOf,
  'borrower-cluster': issuerOf,
  offering: ({ offering }) => must(offering, 'the offering of a cap'),
  operator: ({ operatorId }) => `operator:${operatorId}`,
};

function pair({ investor, issuer }: CapParties): string {
  return `${must(investor, 'the investor of a cap')}/${must(issuer, 'the issuer of a cap')}`;
}

function issuerOf({ issuer }: CapParties): string {
  return must(issuer, 'the issuer of a cap');
}
