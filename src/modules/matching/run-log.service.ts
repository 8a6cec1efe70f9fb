import type { Id } from '../../kernel/id';
import type { Db } from '../../platform/db';
import { matchingProblem } from './errors';
import { inputOf } from './input-json';
import { listPositions } from './position.store';
import { pairReason, type ListingLine, type MandateLine, type PairReason } from './run-log';
import * as store from './run-log.store';
import type { MatchWindow, Position } from './window';
import { getWindow, readInput } from './window.store';

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
   *   `matching.position-not-found` when either took no part in the window.
   */
  async pair(
    db: Db,
    id: Id<'win'>,
    { mandateId, offeringId }: { readonly mandateId: Id<'mnd'>; readonly offeringId: Id<'off'> },
  ): Promise<PairReason> {
    const input = inputOf(await readInput(db, id));
    const mandate = input.mandates.find((one) => one.id === mandateId);
    const at = input.listings.findIndex((one) => one.id === offeringId);
    const listing = input.listings[at];
    if (!mandate || !listing) throw matchingProblem('position-not-found');
    const outcome = await store.pairOutcome(db, id, { mandateId, offeringId });
    const isExcluded = mandate.excludedListings?.includes(at) ?? false;
    return pairReason({ mandate, listing }, { ...outcome, isExcluded });
  }
}
