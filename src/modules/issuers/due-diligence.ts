import type { PartyKind } from '../identity';
import { issuerProblem } from './errors';

/**
 * What is to be checked before an issuer's offering goes public.
 *
 * Sources: 17 CFR 227.301 and 227.503 (bad actors among officers, directors, promoters and holders
 * of 20 percent); Regulation (EU) 2020/1503, Article 5 (criminal record, jurisdiction).
 */
const CHECKLISTS = {
  legal: [
    'registration',
    'ownership',
    'bad-actor',
    'financial-statements',
    'business-plan',
    'material-claims',
  ],
  natural: ['identity-document', 'income', 'indebtedness', 'bad-actor'],
} as const satisfies Record<PartyKind, readonly string[]>;

export type DueDiligenceItem = (typeof CHECKLISTS)[PartyKind][number];

/** Items that a change of officers or owners opens again. */
export const ITEMS_ABOUT_PEOPLE: readonly DueDiligenceItem[] = ['ownership', 'bad-actor'];

/** One settling of an item; the latest of an item counts. */
export interface Settlement {
  readonly item: DueDiligenceItem;
  readonly seq: number;
  readonly outcome: 'satisfied' | 'failed' | 'reopened';
  readonly evidenceSha256?: string | undefined;
  readonly note?: string | undefined;
  readonly settledBy: string;
  readonly settledAt: Date;
}

export interface ChecklistLine {
  readonly item: DueDiligenceItem;
  readonly state: 'open' | 'satisfied' | 'failed';
  readonly latest?: Settlement | undefined;
}

/** The checklist of an issuer, with where each item stands. */
export function checklist(
  kind: PartyKind,
  settlements: readonly Settlement[],
): readonly ChecklistLine[] {
  return CHECKLISTS[kind].map((item) => {
    const latest = settlements
      .filter((settlement) => settlement.item === item)
      .toSorted((a, b) => a.seq - b.seq)
      .at(-1);
    const isOpen = latest === undefined || latest.outcome === 'reopened';
    return { item, state: isOpen ? 'open' : latest.outcome, latest };
  });
}

/** What still stands between the issuer and an offering. */
export function openItems(lines: readonly ChecklistLine[]): readonly DueDiligenceItem[] {
  return lines.filter(({ state }) => state !== 'satisfied').map(({ item }) => item);
}

/** @throws Problem `issuers.unknown-item`. */
export function requireItem(kind: PartyKind, text: string): DueDiligenceItem {
  const item = CHECKLISTS[kind].find((each) => each === text);
  if (item) return item;
  throw issuerProblem('unknown-item', { detail: `There are ${CHECKLISTS[kind].join(', ')}.` });
}
