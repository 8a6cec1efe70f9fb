import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import { matchingProblem } from './errors';
import { inputOf } from './input-json';
import { listPositions } from './position.store';
import type { ListingForMatch } from './instance';
import { listVersions } from './mandate.store';
import {
  MANDATE_REASONS,
  PAIR_REASONS,
  pairReason,
  type ListingLine,
  type MandateLine,
  type PairAnswer,
} from './run-log';
import * as store from './run-log.store';
import { gradeLetter, type MatchWindow, type Position } from './window';
import { getWindow, readInput, readLenders } from './window.store';

/** What a window says of itself: for every lender and every loan, what came of it and why. */
export class RunLogService {
  async mandateLines(
    db: Db,
    id: Id<'win'>,
    query: Parameters<typeof store.listMandateLines>[2],
  ): Promise<{ readonly window: MatchWindow; readonly lines: readonly MandateLine[] }> {
    const window = await getWindow(db, id);
    return { window, lines: await store.listMandateLines(db, id, query) };
  }

  async listingLines(
    db: Db,
    id: Id<'win'>,
    query: store.LineQuery,
  ): Promise<{ readonly window: MatchWindow; readonly lines: readonly ListingLine[] }> {
    const window = await getWindow(db, id);
    return { window, lines: await store.listListingLines(db, id, query) };
  }

  async positions(
    db: Db,
    id: Id<'win'>,
    query: Parameters<typeof listPositions>[2],
  ): Promise<readonly Position[]> {
    await getWindow(db, id);
    return listPositions(db, id, query);
  }

  /**
   * Why this mandate has, or has not, a part in this loan.
   *
   * @throws Problem `matching.window-not-found`, `matching.window-not-matched`,
   *   `matching.position-not-found` when the window knows either of them not.
   */
  async pair(
    db: Db,
    id: Id<'win'>,
    { mandateId, offeringId }: { readonly mandateId: Id<'mnd'>; readonly offeringId: Id<'off'> },
  ): Promise<PairAnswer> {
    const { mandates, listings } = inputOf(await readInput(db, id));
    const mandate = mandates.find((one) => one.id === mandateId);
    const at = listings.findIndex((one) => one.id === offeringId);
    const listing = listings[at];
    if (!mandate && (listing || listings.length === 0)) return this.whyAside(db, id, mandateId);
    if (!mandate || !listing) throw matchingProblem('position-not-found');
    const outcome = await store.pairOutcome(db, id, { mandateId, offeringId });
    const isExcluded = mandate.excludedListings?.includes(at) ?? false;
    const found = pairReason({ mandate, listing }, { ...outcome, isExcluded });
    const isAssessed = found === 'grade' && (await this.wantsGrade(db, id, { mandateId, listing }));
    const reason = isAssessed ? 'assessment' : found;
    return { reason, text: PAIR_REASONS[reason] };
  }

  /** Why a mandate was set aside before the engine looked at it. */
  private async whyAside(db: Db, id: Id<'win'>, mandateId: Id<'mnd'>): Promise<PairAnswer> {
    const line = await store.findMandateLine(db, id, mandateId);
    if (!line) throw matchingProblem('position-not-found');
    const { reason, findings } = line;
    return { reason, text: MANDATE_REASONS[reason], findings };
  }

  /** Whether the mandate names the grade, so that only the lender's assessment took it out. */
  private async wantsGrade(
    db: Db,
    id: Id<'win'>,
    { mandateId, listing }: { readonly mandateId: Id<'mnd'>; readonly listing: ListingForMatch },
  ): Promise<boolean> {
    const drawn = (await readLenders(db, id)).get(mandateId);
    const versions = await listVersions(db, mandateId);
    const signed = versions.find(({ version }) => version === drawn?.version);
    return signed?.terms.grades.includes(gradeLetter(listing.grade)) ?? false;
  }
}
