import { must } from '../../../src/kernel/assert';
import { issuerProceedsAccount } from '../../../src/modules/ledger';
import type { Loan } from '../../../src/modules/loans';
import { deskWorld, type DeskWorld } from '../../support/desk-world';

let world: DeskWorld;

beforeEach(async () => {
  world = await deskWorld();
});

afterEach(async () => {
  const broken = await world.broken();
  await world.end();
  expect(broken).toEqual([]);
});

/** What counts of the borrower under its cap on what it owes: ten lakh in all. */
async function owedUnderCap({ caps }: Loan): Promise<bigint> {
  const row = must(caps[0], 'a cap of the borrower');
  return world.read((db) => world.caps.readUsage(db, row, world.clock.now()));
}

const PART = '50000.00';
const AT_THE_CEILING = Array.from({ length: 20 }, () => PART);

const renewalOf = (old: Loan, parts: readonly string[] = AT_THE_CEILING) => ({
  parts,
  note: { renews: old.id },
});
const proceeds = () => world.balance(issuerProceedsAccount(world.issuer.id, 'INR'));

describe('a loan that renews another', () => {
  it('replaces it at the very ceiling of the borrower’s cap, in one transaction', async () => {
    const { loan: old, lenders } = await world.active({ parts: AT_THE_CEILING });
    expect(await owedUnderCap(old)).toBe(100_000_000n);
    await expect(world.agreed({ parts: [PART] })).rejects.toThrow('caps.exceeded');
    const { loan } = await world.signed(renewalOf(old));
    expect(loan.renewsLoanNo).toBe(old.loanNo);
    expect(await owedUnderCap(old)).toBe(100_000_000n);
    // What the new loan does not pay, interest and the fee kept back, its borrower brings.
    await expect(world.disburse(loan)).rejects.toThrow('loans.renewal-too-small');
    await world.collect(old, '25000.00');
    const bankAccountId = await world.bankAccount();
    const before = await world.cash(lenders);
    await world.write((tx) => world.services.loanDisbursals.instruct(tx, loan.id, bankAccountId));
    const now = await world.now(loan);
    if (now.status === 'disbursing') {
      const attempts = await world.read((db) => world.services.loanDisbursals.list(db, now));
      await world.bankPays(must(attempts.at(-1), 'the payout').withdrawalId);
    }
    expect(await world.now(loan)).toMatchObject({ status: 'active', outstanding: loan.principal });
    expect((await world.now(old)).status).toBe('repaid');
    expect(await owedUnderCap(old)).toBe(100_000_000n);
    const after = await world.cash(lenders);
    expect(after.map((cash, at) => cash - must(before[at], 'the cash before'))).toEqual(
      lenders.map(() => 5_000_000n),
    );
  });

  it('pays out the rest, once the bank has answered, also after it refused', async () => {
    const { loan: old } = await world.active({ parts: [PART] });
    world.until('2025-03-20');
    const { loan } = await world.signed(renewalOf(old, [PART, '30000.00']));
    await world.bankRefuses(await world.disburse(loan));
    expect((await world.now(old)).status).toBe('active');
    const withdrawalId = await world.disburse(await world.now(loan));
    expect(await proceeds()).not.toBe('0.00');
    await world.bankPays(withdrawalId);
    expect((await world.now(loan)).status).toBe('active');
    expect((await world.now(old)).status).toBe('repaid');
    // Five days of interest were set aside for a slow bank: they are the borrower's.
    expect(Number(await proceeds())).toBeGreaterThan(0);
  });

  it('counts the old loan again when the new one does not come about', async () => {
    const { loan: old } = await world.active({ parts: [PART] });
    const { loan } = await world.signed(renewalOf(old, [PART, '10000.00']));
    await world.bankRefuses(await world.disburse(loan));
    expect(await owedUnderCap(old)).toBe(6_000_000n);
    await world.write((tx) => world.services.loanCancellation.cancel(tx, loan.id, 'Changed mind'));
    expect(await owedUnderCap(old)).toBe(5_000_000n);
    expect((await world.now(old)).caps).toEqual(old.caps);
    // And so it can be renewed again.
    await world.agreed(renewalOf(old, [PART, '10000.00']));
  });

  it('must repay all of it, of the same borrower, and of one that is not in default', async () => {
    const { loan: old } = await world.active({ parts: [PART] });
    await expect(world.agreed(renewalOf(old, ['40000.00']))).rejects.toThrow(
      'loans.renewal-not-possible',
    );
    await world.agreed(renewalOf(old, [PART]));
    await expect(world.agreed(renewalOf(old, [PART]))).rejects.toThrow(
      'loans.renewal-not-possible',
    );
  });
});
