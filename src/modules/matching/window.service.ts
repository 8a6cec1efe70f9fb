import { createHash } from 'node:crypto';
import { HOUR_MS, type Clock } from '../../kernel/clock';
import type { Currency } from '../../kernel/currency';
import type { Id, NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Database, Db, Scope, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import type { LedgerService } from '../ledger';
import { matchApart } from './engine.service';
import { inputOf, inputText } from './input-json';
import type { MatchInput } from './instance';
import type { Matched } from './match-text';
import type { MatchingMeters, WindowPhase } from './meters.service';
import type { PlacementService } from './placement.service';
import { positionSlices } from './position';
import { insertPositions, lapseProposals } from './position.store';
import { asideLines, listingLines, mandateLines } from './run-log';
import { insertIdleLines, insertListingLines, insertMandateLines } from './run-log.store';
import type { SnapshotService } from './snapshot.service';
import { windowSeed, type MatchWindow } from './window';
import { inputFrom } from './window-input';
import * as store from './window.store';

export interface WindowDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly transactions: Pick<Database, 'read' | 'write'>;
  readonly ledger: Pick<LedgerService, 'chainHeads'>;
  readonly snapshots: SnapshotService;
  readonly placements: PlacementService;
  readonly meters: MatchingMeters;
}

/** How long a lender has to approve a proposed loan. */
const APPROVAL_MS = 24 * HOUR_MS;

/** How many positions are written by one statement. */
const ROWS_AT_ONCE = 20_000;

/** What computing a window again came to. */
export interface WindowReplay {
  readonly window: MatchWindow;
  /** Whether the stored input has the stored hash. */
  readonly isInputIntact: boolean;
  /** Whether the engine comes to the same positions again. */
  readonly isSame: boolean;
  readonly resultSha256: string;
}

/**
 * Batch windows: due at fixed times, each carried from phase to phase. What a phase found is stored
 * before the next begins, so that whoever comes after a crash goes on where it stopped:
 * `open` → inputs and seed are stored (`drawn`) → positions are stored (`matched`) → each becomes
 * an order under a key of its own, or a proposal (`published`).
 */
export class MatchingWindows {
  constructor(private readonly deps: WindowDeps) {}

  /**
   * Opens a window, unless one of the currency is under way or there was one for that time, or
   * there is neither a mandate nor a loan that it could match.
   *
   * @returns whether it was opened.
   */
  async open(
    tx: Tx,
    { currency, dueAt }: { readonly currency: Currency; readonly dueAt: Date },
  ): Promise<boolean> {
    const { clock, newId, snapshots } = this.deps;
    if (!(await snapshots.hasAny(tx, currency))) return false;
    const openedAt = clock.now();
    return store.insertWindow(tx, { id: newId('win'), currency, status: 'open', dueAt, openedAt });
  }

  async lapseProposals(tx: Tx, now: Date): Promise<number> {
    return lapseProposals(tx, now);
  }

  async hasDue(db: Db): Promise<boolean> {
    return (await store.listUnderWay(db)).length > 0;
  }

  /** Carries the operator's windows on until they are published. */
  async run(operatorId: number): Promise<void> {
    await this.carryOn(operatorId).catch((error: unknown) => {
      this.deps.meters.windowRan('failed');
      throw error;
    });
  }

  private async carryOn(operatorId: number): Promise<void> {
    const scope: Scope = { operatorId, actor: { kind: 'system', id: 'matching' } };
    const { transactions, placements, meters } = this.deps;
    const underWay = await transactions.read(scope, (db) => store.listUnderWay(db));
    for (const { id, status } of underWay) {
      if (status === 'open') {
        await this.timed('draw', () => transactions.write(scope, (tx) => this.draw(tx, id)));
      }
      if (status !== 'matched') await this.timed('match', () => this.match(scope, id));
      if (!(await this.timed('place', () => placements.placeAll(scope, id)))) continue;
      const published = await transactions.write(scope, (tx) => this.publish(tx, id));
      if (published) meters.windowRan(published.positions ? 'matched' : 'nothing-matched');
    }
  }

  private async timed<T>(phase: WindowPhase, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const result = await work();
    this.deps.meters.phaseTook(phase, (performance.now() - startedAt) / 1000);
    return result;
  }

  /** Computes a window again from what was stored. @throws Problem `matching.window-not-matched`. */
  async replay(db: Db, id: Id<'win'>): Promise<WindowReplay> {
    const window = await store.getWindow(db, id);
    const text = await store.readInput(db, id);
    const { sha256: found } = await matchApart(text);
    return {
      window,
      isInputIntact: sha256(text) === window.inputSha256,
      isSame: found === window.resultSha256,
      resultSha256: found,
    };
  }

  /** What the engine was given, for whoever wants to compute it elsewhere. */
  async input(db: Db, id: Id<'win'>): Promise<MatchInput> {
    return inputOf(await store.readInput(db, id));
  }

  async get(db: Db, id: Id<'win'>): Promise<MatchWindow> {
    return store.getWindow(db, id);
  }

  async list(db: Db, query: store.WindowQuery): Promise<readonly MatchWindow[]> {
    return store.listWindows(db, query);
  }

  /** Stores inputs and seed. The lines of mandates that take no part are final already. */
  private async draw(tx: Tx, id: Id<'win'>): Promise<void> {
    const { clock, ledger, snapshots } = this.deps;
    const window = await store.getWindowAndLock(tx, id);
    if (window.status !== 'open') return;
    const snapshot = await snapshots.take(tx, window.currency);
    const seed = windowSeed(id, await ledger.chainHeads(tx));
    const input = inputFrom(snapshot.mandates, snapshot.table, seed);
    const text = inputText(input);
    const now = clock.now();
    // Nobody was looked at where nothing is listed: each is told so, without being read.
    const isIdle = input.listings.length === 0;
    const idle = isIdle ? await insertIdleLines(tx, id, { ...window, now }) : 0;
    await store.storeDraw(tx, id, {
      text,
      lenders: snapshot.lenders,
      sha256: sha256(text),
      seed,
      mandates: snapshot.mandates.length + snapshot.setAside.length + idle,
      listings: input.listings.length,
      at: now,
    });
    await insertMandateLines(tx, id, asideLines(snapshot.setAside));
  }

  /** Runs the engine outside of any transaction, then stores what it found, once. */
  private async match(scope: Scope, id: Id<'win'>): Promise<void> {
    const { transactions, meters } = this.deps;
    const drawn = await transactions.read(scope, async (db) => {
      const { status } = await store.getWindow(db, id);
      return status === 'drawn' ? store.readInput(db, id) : undefined;
    });
    if (drawn === undefined) return;
    const matched = await matchApart(drawn);
    const input = inputOf(drawn);
    await transactions.write(scope, async (tx) => {
      const window = await store.getWindowAndLock(tx, id);
      if (window.status === 'drawn') await this.keep(tx, window, { input, ...matched });
    });
    const { eligibleMandates } = matched.result;
    meters.considered(eligibleMandates.reduce((sum, its) => sum + its, 0));
  }

  private async keep(
    tx: Tx,
    window: MatchWindow,
    { input, result, sha256: found }: Matched & { readonly input: MatchInput },
  ): Promise<void> {
    const { clock } = this.deps;
    const now = clock.now();
    const lenders = await store.readLenders(tx, window.id);
    const respondBy = new Date(now.getTime() + APPROVAL_MS);
    const outcome = { input, result, lenders, respondBy };
    for (const slice of positionSlices(window, outcome, ROWS_AT_ONCE)) {
      await insertPositions(tx, slice);
    }
    await insertMandateLines(tx, window.id, mandateLines(input, result, lenders));
    await insertListingLines(tx, window.id, listingLines(input, result));
    await store.markMatched(tx, window.id, {
      resultSha256: found,
      positions: result.positions.mandate.length,
      matchedMinor: result.totalMinor,
      at: now,
    });
  }

  /** @returns the window, unless somebody else published it meanwhile. */
  private async publish(tx: Tx, id: Id<'win'>): Promise<MatchWindow | undefined> {
    const { clock, audit, outbox } = this.deps;
    const window = await store.getWindowAndLock(tx, id);
    if (window.status !== 'matched') return undefined;
    await store.markPublished(tx, id, clock.now());
    const { seed, inputSha256, resultSha256: result } = window;
    await audit.record(tx, {
      action: 'matching.window-published',
      subject: id,
      details: { seed: seed?.toString(), inputSha256, resultSha256: result },
    });
    await outbox.publish(tx, { type: 'matching.window-published', subject: id, payload: {} });
    return window;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
