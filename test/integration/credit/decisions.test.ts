import { sqlState } from '../../../src/platform/db';
import { rate } from '../../../src/kernel/rate';
import {
  creditRequest,
  creditWorld,
  editPolicy,
  OTHER_OPERATOR,
  smallCard,
  type CreditWorld,
} from '../../support/credit-world';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

let world: CreditWorld;

beforeAll(async () => {
  world = await creditWorld();
});
afterAll(() => world?.close());
afterEach(async () => {
  expect(await world.broken()).toEqual([]);
});

const POOR = { annualIncome: 12_000, homeOwnership: 'RENT' };

describe('a decision', () => {
  it('is kept with its inputs, its models and its price', async () => {
    const { recorded } = await world.write((tx) => world.credit.decide(tx, creditRequest()));
    const found = await world.read((db) => world.credit.get(db, recorded.id));
    expect(found).toEqual({ recorded: { ...recorded }, overrides: [], outcome: 'approve' });
    expect(found.recorded.decision).toMatchObject({
      points: 620,
      grade: 'A',
      outcome: 'approve',
      bins: { annualIncome: '>= 60000', homeOwnership: 'OWN, MORTGAGE' },
      reasons: [],
    });
    expect(found.recorded.inputs.applicant).toEqual({
      annualIncome: 75_000,
      homeOwnership: 'OWN',
      inquiries: 2,
    });
  });

  it('that is worse tells which characteristics cost most, in both languages', async () => {
    const { recorded } = await world.write((tx) =>
      world.credit.decide(tx, creditRequest({ applicant: POOR })),
    );
    expect(recorded.decision.reasons).toEqual([
      { code: 'R01', text: { en: 'Income is low for the loan', zh: '原因' } },
      { code: 'R02', text: { en: 'The home is not owned', zh: '原因' } },
    ]);
    expect(recorded.decision).toMatchObject({ points: 500, outcome: 'decline' });
  });

  it('is what an assessment said before, which keeps nothing', async () => {
    const before = await world.read((db) => world.credit.list(db, { limit: 100 }));
    const assessed = world.credit.assess(creditRequest());
    const after = await world.read((db) => world.credit.list(db, { limit: 100 }));
    expect(after).toHaveLength(before.length);
    const { recorded } = await world.write((tx) => world.credit.decide(tx, creditRequest()));
    expect(recorded.decision.rate).toBe(assessed.rate?.toString());
  });

  it('of many at once is that of each alone', async () => {
    const requests = ['5000', '25000', '70000'].flatMap((income) =>
      [12, 36].map((termMonths) =>
        creditRequest({
          subject: `app_${income}_${termMonths}`,
          applicant: { annualIncome: Number(income), homeOwnership: 'RENT' },
          termMonths,
        }),
      ),
    );
    const together = await world.write((tx) => world.credit.decideAll(tx, requests));
    expect(together.map(({ recorded }) => recorded.subject)).toEqual(
      requests.map(({ subject }) => subject),
    );
    for (const [index, request] of requests.entries()) {
      const alone = await world.write((tx) => world.credit.decide(tx, request));
      expect(together[index]?.recorded.outputHash).toBe(alone.recorded.outputHash);
    }
    expect(await world.write((tx) => world.credit.decideAll(tx, []))).toEqual([]);
  });

  it('is not seen by another operator', async () => {
    const { recorded } = await world.write((tx) => world.credit.decide(tx, creditRequest()));
    const stranger = world.read((db) => world.credit.get(db, recorded.id), OTHER_OPERATOR);
    await expect(stranger).rejects.toMatchObject({ code: 'credit.decision-not-found' });
    expect(await world.read((db) => world.credit.list(db, { limit: 10 }), OTHER_OPERATOR)).toEqual(
      [],
    );
  });

  it('cannot be changed or deleted, nor can what it was taken with', async () => {
    for (const statement of [
      `UPDATE credit_decisions SET grade = 'A'`,
      'DELETE FROM credit_decisions',
      `UPDATE credit_models SET content = '{}'`,
      'DELETE FROM credit_override_steps',
    ]) {
      const scope = { operatorId: 1, actor: { kind: 'system', id: 'vandal' } } as const;
      const attempt = world.test.owner.write(scope, (tx) => tx.execute(statement));
      const code = await attempt.then(
        () => undefined,
        (error: unknown) => sqlState(error),
      );
      expect([statement, code]).toEqual([statement, 'YC001']);
    }
  });

  it('is declined under a ceiling that leaves no price, and nobody may approve it', async () => {
    const ceiling = {
      measure: 'apr',
      limit: rate('0.06'),
      rule: 'cost-ceiling',
      citation: 'Article 26',
    } as const;
    const { recorded, outcome } = await world.write((tx) =>
      world.credit.decide(tx, creditRequest({ ceiling })),
    );
    expect(outcome).toBe('decline');
    expect(recorded.decision.findings[0]).toMatchObject({ citation: 'Article 26', limit: '0.06' });
    const approval = {
      outcome: 'approve',
      reason: 'relationship',
      note: 'He is a friend',
    } as const;
    await expect(
      world.write((tx) => world.credit.proposeOverride(tx, recorded.id, approval)),
    ).rejects.toMatchObject({ code: 'credit.override-against-law' });
  });
});

describe('a replay', () => {
  it('gives the same decision to the last character', async () => {
    const { recorded } = await world.write((tx) =>
      world.credit.decide(tx, creditRequest({ applicant: { annualIncome: 30_000 } })),
    );
    const replay = await world.read((db) => world.credit.replay(db, recorded.id));
    expect(replay).toMatchObject({
      isEqual: true,
      storedHash: recorded.outputHash,
      replayedHash: recorded.outputHash,
    });
    expect(replay.models.map(({ kind }) => kind)).toEqual([
      'scorecard',
      'master-scale',
      'pricing-policy',
    ]);
  });

  it('does so after card, scale and policy have changed, while new decisions follow them', async () => {
    const { recorded } = await world.write((tx) => world.credit.decide(tx, creditRequest()));
    const harder = smallCard({ version: 2, baseScore: 440 });
    mkdirSync(join(world.folder, 'scorecards', 'small'), { recursive: true });
    writeFileSync(join(world.folder, 'scorecards', 'small', '2.json'), JSON.stringify(harder));
    editPolicy(world.folder, (policy) => ({
      ...policy,
      scorecard: { id: 'small', version: 2, horizonMonths: { least: 12, most: 12 } },
      servicingCost: '0.02',
    }));
    const restarted = world.restarted();
    const replay = await world.read((db) => restarted.replay(db, recorded.id));
    expect(replay.isEqual).toBe(true);
    const now = await world.write((tx) => restarted.decide(tx, creditRequest()));
    expect(now.recorded.decision.points).toBe(580);
    expect(now.recorded.policyNo).not.toBe(recorded.policyNo);
    expect(now.recorded.scaleNo).toBe(recorded.scaleNo);
    const again = await world.read((db) => restarted.replay(db, now.recorded.id));
    expect(again.isEqual).toBe(true);
    const models = await world.read((db) => restarted.models(db, { after: 0, limit: 100 }));
    expect(models).toHaveLength(5);
  });

  it('finds in its nightly sample what somebody changed in the books', async () => {
    const { recorded } = await world.write((tx) => world.credit.decide(tx, creditRequest()));
    const sample = await world.write((tx) => world.credit.replaySample(tx, 1_000));
    expect(sample.length).toBeGreaterThan(5);
    expect(sample.every(({ isEqual }) => isEqual)).toBe(true);
    const scope = { operatorId: 1, actor: { kind: 'system', id: 'vandal' } } as const;
    const tamper = (from: string, to: string): Promise<unknown> =>
      world.test.owner.write(scope, async (tx) => {
        await tx.execute('ALTER TABLE credit_decisions DISABLE TRIGGER append_only');
        await tx.execute(
          `UPDATE credit_decisions
           SET inputs = jsonb_set(inputs, '{applicant,homeOwnership}', to_jsonb(:to::text))
           WHERE id = :id AND inputs->'applicant'->>'homeOwnership' = :from`,
          { id: recorded.id, from, to },
        );
        await tx.execute('ALTER TABLE credit_decisions ENABLE TRIGGER append_only');
      });
    await tamper('OWN', 'RENT');
    const found = await world.write((tx) => world.credit.replaySample(tx, 1_000));
    expect(found.filter(({ isEqual }) => !isEqual).map(({ id }) => id)).toEqual([recorded.id]);
    await tamper('RENT', 'OWN');
  });
});

describe('an override', () => {
  const PROPOSAL = { outcome: 'approve', reason: 'income-proved', note: 'Payslips seen' } as const;

  async function declined(): Promise<`cdn_${string}`> {
    const { recorded, outcome } = await world.write((tx) =>
      world.credit.decide(tx, creditRequest({ applicant: POOR })),
    );
    expect(outcome).toBe('decline');
    return recorded.id;
  }

  it('counts when a second person has confirmed it', async () => {
    const id = await declined();
    const proposed = await world.write((tx) => world.credit.proposeOverride(tx, id, PROPOSAL));
    expect(proposed.outcome).toBe('decline');
    const own = world.write((tx) =>
      world.credit.resolveOverride(tx, id, { step: 'confirmed', note: 'Yes' }),
    );
    await expect(own).rejects.toMatchObject({ code: 'credit.override-by-proposer' });
    const confirmed = await world.write(
      (tx) => world.credit.resolveOverride(tx, id, { step: 'confirmed', note: 'Agreed' }),
      { by: 'usr_bo' },
    );
    expect(confirmed.outcome).toBe('approve');
    expect(confirmed.overrides).toMatchObject([
      { stepNo: 1, step: 'proposed', reason: 'income-proved: Payslips seen', takenBy: 'usr_ada' },
      { stepNo: 2, step: 'confirmed', reason: 'Agreed', takenBy: 'usr_bo' },
    ]);
    // The decision itself still says what the models said.
    expect(confirmed.recorded.decision.outcome).toBe('decline');
    expect((await world.read((db) => world.credit.replay(db, id))).isEqual).toBe(true);
  });

  it('that was rejected changes nothing, and another may be proposed', async () => {
    const id = await declined();
    await world.write((tx) => world.credit.proposeOverride(tx, id, PROPOSAL));
    const second = world.write((tx) => world.credit.proposeOverride(tx, id, PROPOSAL), {
      by: 'usr_bo',
    });
    await expect(second).rejects.toMatchObject({ code: 'credit.override-open' });
    const rejected = await world.write(
      (tx) => world.credit.resolveOverride(tx, id, { step: 'rejected', note: 'Not convinced' }),
      { by: 'usr_bo' },
    );
    expect(rejected.outcome).toBe('decline');
    const again = await world.write((tx) => world.credit.proposeOverride(tx, id, PROPOSAL));
    expect(again.overrides).toHaveLength(3);
  });

  it('of what is so already, or of nothing, is refused', async () => {
    const id = await declined();
    const idle = world.write((tx) =>
      world.credit.proposeOverride(tx, id, { ...PROPOSAL, outcome: 'decline' }),
    );
    await expect(idle).rejects.toMatchObject({ code: 'credit.override-idle' });
    const nothing = world.write((tx) =>
      world.credit.resolveOverride(tx, id, { step: 'confirmed', note: 'Yes' }),
    );
    await expect(nothing).rejects.toMatchObject({ code: 'credit.no-override-open' });
  });

  it('proposed by two at once is proposed by one', async () => {
    const id = await declined();
    const attempts = await Promise.allSettled(
      ['usr_ada', 'usr_bo', 'usr_cy'].map((by) =>
        world.write((tx) => world.credit.proposeOverride(tx, id, PROPOSAL), { by }),
      ),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = attempts.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    for (const reason of refused) expect(reason).toMatchObject({ code: 'credit.override-open' });
  });
});

describe('many decisions', () => {
  it('are taken and kept at more than a thousand a second or so', async () => {
    const requests = Array.from({ length: 2_000 }, (_, index) =>
      creditRequest({
        subject: `app_${index}`,
        applicant: { annualIncome: (index % 90) * 1_000, homeOwnership: 'RENT' },
        termMonths: index % 2 === 0 ? 36 : 60,
      }),
    );
    const decided = await world.write((tx) => world.credit.decideAll(tx, requests));
    expect(decided).toHaveLength(2_000);
  });
});
