import fc from 'fast-check';
import { must } from '../../../src/kernel/assert';
import { Money } from '../../../src/kernel/money';
import {
  credit,
  custodianAccount,
  debit,
  type AccountNo,
  type EntryDraft,
  type EntryNo,
  type HoldNo,
  type Posting,
} from '../../../src/modules/ledger';
import { eur, ledgerWorld, type LedgerWorld } from '../../support/ledger-world';

/*
 * Random work on the real ledger, and the same on a model simple enough to be seen right: a few
 * numbers in memory. Every answer and every balance must be the same.
 */

type Step =
  | { readonly do: 'deposit'; readonly owner: number; readonly amount: bigint }
  | {
      readonly do: 'transfer';
      readonly from: number;
      readonly to: number;
      readonly amount: bigint;
    }
  | { readonly do: 'hold'; readonly owner: number; readonly amount: bigint }
  | { readonly do: 'capture'; readonly hold: number; readonly amount: bigint; readonly to: number }
  | { readonly do: 'release'; readonly hold: number }
  | { readonly do: 'reverse'; readonly entry: number };

const OWNERS = 3;
const owner = fc.nat({ max: OWNERS - 1 });
const amount = fc.bigInt({ min: 1n, max: 100n });
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('deposit' as const), owner, amount }),
    fc.record({ do: fc.constant('transfer' as const), from: owner, to: owner, amount }),
    fc.record({ do: fc.constant('hold' as const), owner, amount }),
    fc.record({
      do: fc.constant('capture' as const),
      hold: fc.nat({ max: 5 }),
      amount,
      to: owner,
    }),
    fc.record({ do: fc.constant('release' as const), hold: fc.nat({ max: 5 }) }),
    fc.record({ do: fc.constant('reverse' as const), entry: fc.nat({ max: 9 }) }),
  ),
  { minLength: 1, maxLength: 40 },
);

/** Changes of the owners’ cash, in minor units, owner by owner. */
type Change = readonly (readonly [owner: number, minor: bigint])[];

class Model {
  readonly cash: bigint[] = Array.from({ length: OWNERS }, () => 0n);
  readonly held: bigint[] = Array.from({ length: OWNERS }, () => 0n);
  readonly holds: { owner: number; amount: bigint; isOpen: boolean }[] = [];
  readonly entries: { change: Change; isReversed: boolean }[] = [];

  /** What the ledger must answer: a code, or nothing when it is done. */
  apply(step: Step): string | undefined {
    switch (step.do) {
      case 'deposit':
        return this.post([[step.owner, step.amount]]);
      case 'transfer':
        return this.post([
          [step.from, -step.amount],
          [step.to, step.amount],
        ]);
      case 'hold':
        return this.hold(step.owner, step.amount);
      case 'capture':
        return this.capture(step);
      case 'release':
        return this.resolve(step.hold);
      case 'reverse':
        return this.reverse(step.entry);
    }
  }

  private post(change: Change): string | undefined {
    const after = [...this.cash];
    for (const [index, minor] of change) after[index] = must(after[index], 'cash') + minor;
    if (after.some((cash, index) => cash < must(this.held[index], 'held'))) {
      return 'ledger.insufficient-funds';
    }
    this.cash.splice(0, OWNERS, ...after);
    this.entries.push({ change, isReversed: false });
    return undefined;
  }

  private hold(index: number, minor: bigint): string | undefined {
    const held = must(this.held[index], 'held') + minor;
    if (must(this.cash[index], 'cash') < held) return 'ledger.insufficient-funds';
    this.held[index] = held;
    this.holds.push({ owner: index, amount: minor, isOpen: true });
    return undefined;
  }

  private capture(step: Extract<Step, { do: 'capture' }>): string | undefined {
    const hold = this.holds[step.hold];
    if (!hold?.isOpen || step.amount > hold.amount) return 'ledger.hold-not-open';
    this.resolve(step.hold);
    // What is held was there, so what is captured of it can be moved.
    return this.post([
      [hold.owner, -step.amount],
      [step.to, step.amount],
    ]);
  }

  private resolve(index: number): string | undefined {
    const hold = this.holds[index];
    if (!hold?.isOpen) return 'ledger.hold-not-open';
    hold.isOpen = false;
    this.held[hold.owner] = must(this.held[hold.owner], 'held') - hold.amount;
    return undefined;
  }

  private reverse(index: number): string | undefined {
    const entry = this.entries[index];
    if (!entry) return 'ledger.entry-not-found';
    const refused = this.post(entry.change.map(([place, minor]) => [place, -minor] as const));
    if (refused !== undefined) return entry.isReversed ? undefined : refused;
    if (entry.isReversed) throw new Error('the caller checks for a second reversal');
    entry.isReversed = true;
    return undefined;
  }
}

/** The same steps on the real ledger. */
class Real {
  readonly holds: HoldNo[] = [];
  readonly entries: EntryNo[] = [];

  private constructor(
    private readonly world: LedgerWorld,
    private readonly custodian: AccountNo,
    private readonly accounts: readonly AccountNo[],
    private readonly run: number,
  ) {}

  static async open(world: LedgerWorld, run: number): Promise<Real> {
    const accounts: AccountNo[] = [];
    for (let i = 0; i < OWNERS; i += 1) {
      const investorId = await world.investor(eur('0.00'));
      accounts.push((await world.cashAccount(investorId, 'EUR')).accountNo);
    }
    const custodian = await world.write((tx) =>
      world.ledger.ensureAccount(tx, custodianAccount('EUR')),
    );
    return new Real(world, custodian, accounts, run);
  }

  async apply(step: Step): Promise<string | undefined> {
    try {
      await this.attempt(step);
      return undefined;
    } catch (error) {
      return (error as { code?: string }).code ?? String(error);
    }
  }

  /** Cash and held of each account. */
  async state(): Promise<readonly (readonly [bigint, bigint])[]> {
    const rows = await this.world.read((db) =>
      db.query<{ account_no: AccountNo; balance_minor: bigint; held_minor: bigint }>(
        'SELECT account_no, balance_minor, held_minor FROM ledger_accounts',
      ),
    );
    return this.accounts.map((accountNo) => {
      const row = must(
        rows.find((candidate) => candidate.account_no === accountNo),
        'the account',
      );
      return [-row.balance_minor, row.held_minor];
    });
  }

  private async attempt(step: Step): Promise<void> {
    const { ledger } = this.world;
    switch (step.do) {
      case 'deposit':
        return this.post([
          this.debit('custodian', step.amount),
          this.credit(step.owner, step.amount),
        ]);
      case 'transfer':
        return this.post([this.debit(step.from, step.amount), this.credit(step.to, step.amount)]);
      case 'hold': {
        const request = {
          accountNo: this.accountOf(step.owner),
          amount: Money.ofMinor(step.amount, 'EUR'),
          purpose: 'subscription',
        } as const;
        this.holds.push(await this.world.write((tx) => ledger.placeHold(tx, request)));
        return;
      }
      case 'capture':
        return this.capture(step);
      case 'release': {
        const holds = [this.holds[step.hold] ?? (1n as HoldNo)];
        await this.world.write((tx) => ledger.releaseHolds(tx, holds));
        return;
      }
      case 'reverse': {
        const entryNo = this.entries[step.entry] ?? (1n as EntryNo);
        this.entries.push(
          await this.world.write((tx) => ledger.reverse(tx, entryNo, 'a change of mind')),
        );
      }
    }
  }

  private async post(postings: readonly Posting[]): Promise<void> {
    const draft = this.draft(postings);
    this.entries.push(...(await this.world.write((tx) => this.world.ledger.post(tx, [draft]))));
  }

  private async capture(step: Extract<Step, { do: 'capture' }>): Promise<void> {
    const holdNo = this.holds[step.hold] ?? (1n as HoldNo);
    const [hold] = await this.world.read((db) =>
      db.query<{ account_no: AccountNo }>(
        'SELECT account_no FROM ledger_holds WHERE hold_no = :holdNo',
        { holdNo },
      ),
    );
    const from = hold?.account_no ?? this.accountOf(0);
    const captured = Money.ofMinor(step.amount, 'EUR');
    const entry = this.draft([debit(from, captured), this.credit(step.to, step.amount)]);
    this.entries.push(
      ...(await this.world.write((tx) =>
        this.world.ledger.captureHolds(tx, [{ holdNo, captured, entry }]),
      )),
    );
  }

  private draft(postings: readonly Posting[]): EntryDraft {
    return {
      kind: 'model',
      source: { type: 'model', id: `${this.run}-${this.entries.length}` },
      description: 'a step of the model',
      occurredAt: this.world.clock.now(),
      postings,
    };
  }

  private accountOf(index: number): AccountNo {
    return must(this.accounts[index], 'the account');
  }

  private debit(account: number | 'custodian', minor: bigint): Posting {
    const accountNo = account === 'custodian' ? this.custodian : this.accountOf(account);
    return debit(accountNo, Money.ofMinor(minor, 'EUR'));
  }

  private credit(index: number, minor: bigint): Posting {
    return credit(this.accountOf(index), Money.ofMinor(minor, 'EUR'));
  }
}

test('the ledger does what a few numbers in memory do, step by step', async () => {
  const world = await ledgerWorld({ poolSize: 1 });
  let runs = 0;
  try {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        runs += 1;
        const [model, real] = [new Model(), await Real.open(world, runs)];
        for (const step of sequence) {
          const isSecondReversal =
            step.do === 'reverse' && model.entries[step.entry]?.isReversed === true;
          if (isSecondReversal) {
            expect(['ledger.already-reversed', 'ledger.insufficient-funds']).toContain(
              await real.apply(step),
            );
            continue;
          }
          expect([step, await real.apply(step)]).toEqual([step, model.apply(step)]);
        }
        expect(await real.state()).toEqual(
          model.cash.map((cash, index) => [cash, model.held[index]]),
        );
      }),
      { numRuns: 25 },
    );
    expect(await world.broken()).toEqual([]);
  } finally {
    await world.close();
  }
}, 120_000);
