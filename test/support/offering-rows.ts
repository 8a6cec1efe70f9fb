import type { Id } from '../../src/kernel/id';
import type { Tx } from '../../src/platform/db';
import type { TestDatabase } from './database';
import type { RegimeCurrency } from './offering-regimes';

interface Place {
  readonly currency: RegimeCurrency;
  readonly at: Date;
}

/** Writes an operator past its service: the world needs its row, not its licence. */
export async function insertOperator(
  { owner }: TestDatabase,
  operator: Place & { readonly id: number; readonly rulebookId: string },
): Promise<void> {
  await asOwner(owner, operator.id, (tx) =>
    tx.execute(
      `INSERT INTO identity_operators
         (id, code, legal_name, line, jurisdiction, rulebook_id, identity_kind, identity_number,
          home_currency, time_zone, calendar, success_fee_rate, created_at)
       VALUES (:id, :rulebookId, 'Test', 'equity', 'US', :rulebookId, 'lei', :number, :currency,
               'UTC', 'us', 0.05, :at)`,
      { ...operator, number: `NUMBER${operator.id}` },
    ),
  );
}

/** Writes an investor who is verified and has passed every test, past the service. */
export async function insertInvestor(
  { owner }: TestDatabase,
  investor: Place & {
    readonly id: Id<'inv'>;
    readonly partyId: Id<'pty'>;
    readonly tier: string;
    readonly operatorId: number;
  },
): Promise<void> {
  const { tier, currency } = investor;
  const money = (amount: string) => ({ amount, currency });
  const takenAt = investor.at.toISOString();
  const expiresAt = '2026-02-01T00:00:00.000Z';
  const facts = {
    kind: 'natural',
    tier,
    isVerified: true,
    knowledgeTest: { outcome: 'passed', takenAt, expiresAt },
    lossSimulation: { takenAt, expiresAt, abilityToBearLoss: money('300000.00') },
    means: { annualIncome: money('90000.00'), netWorth: money('3000000.00') },
  };
  await asOwner(owner, investor.operatorId, async (tx) => {
    await tx.execute(
      `INSERT INTO identity_parties
         (id, kind, identity_kind, identity_hash, number_encrypted, masked, created_at)
       VALUES (:partyId::text, 'natural', 'us-ssn', sha256(convert_to(:partyId::text, 'UTF8')), '', '', :at)`,
      { partyId: investor.partyId, at: investor.at },
    );
    await tx.execute(
      `INSERT INTO investors
         (operator_id, id, party_id, kind, status, verification, tier, profile_version,
          name_encrypted, country, identity_kind, identity_masked, created_at)
       VALUES (:operatorId, :id, :partyId, 'natural', 'active', 'verified', :tier, 1, '', 'US',
               'us-ssn', '', :at)`,
      {
        operatorId: investor.operatorId,
        id: investor.id,
        partyId: investor.partyId,
        tier,
        at: investor.at,
      },
    );
    await tx.execute(
      `INSERT INTO investor_profiles
         (operator_id, investor_id, version, facts, reason, recorded_by, recorded_at)
       VALUES (:operatorId, :id, 1, :facts::jsonb, 'test', 'test', :at)`,
      {
        operatorId: investor.operatorId,
        id: investor.id,
        facts: JSON.stringify(facts),
        at: investor.at,
      },
    );
  });
}

async function asOwner<T>(
  owner: TestDatabase['owner'],
  operatorId: number,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  return owner.write({ operatorId, actor: { kind: 'system', id: 'owner' } }, work);
}
