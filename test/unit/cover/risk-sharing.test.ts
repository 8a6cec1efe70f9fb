import * as fc from 'fast-check';
import { Money } from '../../../src/kernel/money';
import {
  partsOf,
  shareOut,
  splitPayment,
  totalOf,
  type Owed,
  type SharedCover,
} from '../../../src/modules/cover/risk-sharing';

const eur = (minor: number | bigint): Money => Money.ofMinor(BigInt(minor), 'EUR');
const NOTHING: Owed = { principal: eur(0), interest: eur(0) };

function cover(sharePpm: number, changes: Partial<SharedCover> = {}): SharedCover {
  return { sharePpm, basis: 'principal-and-interest', paid: NOTHING, ...changes };
}

describe('covers that share a loss', () => {
  const owed = { principal: eur(100_000), interest: eur(10_000) };

  test.each([
    { name: 'one of the whole', covers: [cover(1_000_000)], due: [110_000], own: 0 },
    {
      name: 'two and the lenders',
      covers: [cover(500_000), cover(300_000)],
      due: [55_000, 33_000],
      own: 22_000,
    },
    {
      name: 'one of principal alone',
      covers: [cover(800_000, { basis: 'principal' })],
      due: [80_000],
      own: 30_000,
    },
    {
      name: 'thirds, to the cent',
      covers: [cover(333_333), cover(333_333), cover(333_334)],
      due: [36_666, 36_666, 36_668],
      own: 0,
    },
  ])('$name', ({ covers, due, own }) => {
    const shared = shareOut(owed, covers);
    expect(shared.due.map(({ minor }) => Number(minor))).toEqual(due);
    expect(Number(shared.own.minor)).toBe(own);
  });

  test('what a cover has paid is not owed again, and the other owes what it did', () => {
    const paid = splitPayment(eur(55_000), owed);
    const left = {
      principal: owed.principal.minus(paid.principal),
      interest: owed.interest.minus(paid.interest),
    };
    const { due } = shareOut(left, [cover(500_000, { paid }), cover(300_000)]);
    expect(due.map(({ minor }) => minor)).toEqual([0n, 33_000n]);
  });

  test('what the borrower paid meanwhile lowers what each cover owes', () => {
    const half = { principal: eur(50_000), interest: eur(5000) };
    expect(shareOut(half, [cover(800_000)]).due[0]?.minor).toBe(44_000n);
  });
});

/** A loan as far as sharing goes: who holds how much of it, and what interest is overdue. */
interface Model {
  readonly lenders: bigint[];
  readonly guarantors: bigint[];
  interest: bigint;
}

type Step =
  | { readonly kind: 'compensate'; readonly by: number; readonly cash: number }
  | { readonly kind: 'recover'; readonly amount: number };

const STEPS: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('compensate' as const),
      by: fc.integer({ min: 0, max: 2 }),
      cash: fc.integer({ min: 0, max: 500_000 }),
    }),
    fc.record({
      kind: fc.constant('recover' as const),
      amount: fc.integer({ min: 1, max: 300_000 }),
    }),
  ),
  { maxLength: 12 },
);

const SHARES = fc
  .array(fc.integer({ min: 1, max: 333_333 }), { minLength: 3, maxLength: 3 })
  .map((shares) => shares.map((share) => cover(share)));

describe('compensations and recoveries in any order', () => {
  test('the notes sum to what is outstanding, and nobody is paid more than is owed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 60_000 }),
        SHARES,
        fc.boolean(),
        STEPS,
        (notes, interest, covers, ofPrincipal, steps) => {
          const basis = ofPrincipal ? 'principal' : 'principal-and-interest';
          play({ notes, interest, covers: covers.map((each) => ({ ...each, basis })), steps });
        },
      ),
      { numRuns: 500 },
    );
  });
});

function play(given: {
  readonly notes: readonly number[];
  readonly interest: number;
  readonly covers: readonly SharedCover[];
  readonly steps: readonly Step[];
}): void {
  const model: Model = {
    lenders: given.notes.map(BigInt),
    guarantors: given.covers.map(() => 0n),
    interest: BigInt(given.interest),
  };
  const covers = [...given.covers];
  const lent = sum(model.lenders);
  let outstanding = lent;
  const paidIn = given.covers.map(() => 0n);
  const got = { lenders: 0n, guarantors: given.covers.map(() => 0n) };

  for (const step of given.steps) {
    if (step.kind === 'compensate') compensate(step);
    else recover(BigInt(step.amount));
    expect(sum(model.lenders) + sum(model.guarantors)).toBe(outstanding);
    for (const principal of [...model.lenders, ...model.guarantors]) {
      expect(principal >= 0n).toBe(true);
    }
    // Principal is exact. Interest follows it, so a note that was rounded by a cent moves no more
    // than the interest on a cent.
    const cents = BigInt(given.steps.length) * (1n + BigInt(given.interest) / lent + 1n);
    expect(got.lenders).toBeLessThanOrEqual(lent + BigInt(given.interest) + cents);
    for (const [at, received] of got.guarantors.entries()) {
      expect(received).toBeLessThanOrEqual((paidIn[at] ?? 0n) + cents);
    }
  }

  function compensate({ by, cash }: { readonly by: number; readonly cash: number }): void {
    const owed = owedToLenders(model);
    const due = shareOut(owed, covers).due[by] ?? eur(0);
    const amount = due.atMost(eur(cash));
    if (!amount.isPositive) return;
    const paid = splitPayment(amount, owed);
    const notes = model.lenders
      .map((minor, noteNo) => ({ noteNo, principal: eur(minor) }))
      .filter(({ principal }) => principal.isPositive);
    const parts = partsOf(paid, notes);
    for (const { noteNo, principal } of parts) {
      model.lenders[noteNo] = (model.lenders[noteNo] ?? 0n) - principal.minor;
    }
    model.guarantors[by] = (model.guarantors[by] ?? 0n) + paid.principal.minor;
    const whole = Money.sum(
      parts.map(({ principal, interest }) => principal.plus(interest)),
      'EUR',
    );
    expect(whole.minor).toBe(amount.minor);
    got.lenders += amount.minor;
    paidIn[by] = (paidIn[by] ?? 0n) + amount.minor;
    const before = covers[by] ?? cover(1);
    covers[by] = {
      ...before,
      paid: {
        principal: before.paid.principal.plus(paid.principal),
        interest: before.paid.interest.plus(paid.interest),
      },
    };
  }

  /** As the loans distribute: interest first, and each portion by outstanding principal. */
  function recover(amount: bigint): void {
    const weights = [...model.lenders, ...model.guarantors];
    if (sum(weights) === 0n) return;
    const interest = amount < model.interest ? amount : model.interest;
    const rest = amount - interest;
    const principal = rest < outstanding ? rest : outstanding;
    const byInterest = eur(interest).allocate(weights);
    const byPrincipal = eur(principal).allocate(weights);
    model.interest -= interest;
    outstanding -= principal;
    for (const [at] of weights.entries()) {
      const part = (byInterest[at]?.minor ?? 0n) + (byPrincipal[at]?.minor ?? 0n);
      const repaid = byPrincipal[at]?.minor ?? 0n;
      if (at < model.lenders.length) {
        got.lenders += part;
        model.lenders[at] = (model.lenders[at] ?? 0n) - repaid;
      } else {
        const by = at - model.lenders.length;
        got.guarantors[by] = (got.guarantors[by] ?? 0n) + part;
        model.guarantors[by] = (model.guarantors[by] ?? 0n) - repaid;
      }
    }
  }
}

/** The lenders' part of the overdue interest is what a distribution would give them of it. */
function owedToLenders(model: Model): Owed {
  const principal = eur(sum(model.lenders));
  const held = [principal.minor, sum(model.guarantors)];
  const [interest] = sum(held) === 0n ? [eur(0)] : eur(model.interest).allocate(held);
  return { principal, interest: interest ?? eur(0) };
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

test('a payment is split as what is owed is', () => {
  const owed = { principal: eur(100_000), interest: eur(10_000) };
  const paid = splitPayment(eur(80_000), owed);
  expect(paid.principal.minor).toBe(72_727n);
  expect(totalOf(paid).minor).toBe(80_000n);
});
