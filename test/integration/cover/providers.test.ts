import { must } from '../../../src/kernel/assert';
import { calendarDate } from '../../../src/kernel/calendar-date';
import { ManualClock } from '../../../src/kernel/clock';
import { Problem } from '../../../src/kernel/problem';
import { rate } from '../../../src/kernel/rate';
import { CoverLaw, type FundDraft } from '../../../src/modules/cover';
import { provisionFundAccount } from '../../../src/modules/ledger';
import { rulebooks } from '../../support/compliance';
import { COMPANIES, coverWorld, type CoverWorld } from '../../support/cover-world';

const HASH = 'b'.repeat(64);

function fundDraft(): FundDraft {
  return {
    name: 'The fund',
    keeper: { kind: 'lei', number: COMPANIES[0] },
    currency: 'EUR',
    terms: {
      title: { en: 'Provision fund', zh: '风险准备金' },
      policy: { en: 'Fed by borrowers.', zh: '由借款人缴纳。' },
      from: calendarDate('2025-01-01'),
      triggerDays: 60,
      sharePpm: 500_000,
    },
  };
}

describe('where the law allows it', () => {
  let world: CoverWorld;

  beforeAll(async () => {
    world = await coverWorld('eu-ecspr');
  }, 60_000);

  afterAll(async () => {
    expect(await world.broken()).toEqual([]);
    await world.end();
  });

  test('a second person approves a guarantor, and approves again what is stated anew', async () => {
    const { providers } = world.cover;
    const draft = world.draftOf();
    const { id } = await world.write((tx) => providers.proposeGuarantor(tx, draft));
    await expect(world.write((tx) => providers.approve(tx, id))).rejects.toMatchObject({
      code: 'cover.four-eyes',
    });
    await world.write((tx) => providers.approve(tx, id), 'usr_compliance');
    const { limit, capacity } = draft;
    const restated = await world.write((tx) => providers.restate(tx, id, { limit, capacity }));
    expect(restated.status).toBe('proposed');
    await world.write((tx) => providers.approve(tx, id), 'usr_compliance');
    await expect(
      world.write((tx) => providers.proposeGuarantor(tx, { ...draft })),
    ).rejects.toMatchObject({ code: 'cover.already-registered' });
    await world.write((tx) => providers.close(tx, id), 'usr_compliance');
  });

  test('a guarantor answers for no more than its limit, and the shares come to no more than all', async () => {
    const { loan } = await world.active();
    const first = await world.guarantor('0.00', { limit: world.money('70000.00') });
    const all = world.contract(first.id, { sharePpm: 800_000 });
    await expect(world.covers(loan, all)).rejects.toMatchObject({ code: 'cover.limit-exceeded' });
    await world.covers(loan, world.contract(first.id, { sharePpm: 700_000 }));
    const second = await world.guarantor('0.00');
    const more = world.contract(second.id, { sharePpm: 300_001 });
    await expect(world.covers(loan, more)).rejects.toMatchObject({
      code: 'cover.shares-exceed-whole',
    });
    await world.covers(loan, world.contract(second.id, { sharePpm: 300_000 }));

    const cover = await world.read((db) => world.cover.loanCover.of(db, loan.id));
    expect(cover.ownPpm).toBe(0);
    const strengths = cover.contracts.map(({ standing, level }) => [
      standing.exposure.toString(),
      standing.ratio?.toString(),
      level,
    ]);
    expect(strengths).toEqual([
      ['70000.00 EUR', '7.1428', 'good'],
      ['30000.00 EUR', '16.6666', 'good'],
    ]);
  });

  test('a borrower does not guarantee its own loan, and old papers prove nothing', async () => {
    const { loan } = await world.active();
    const guarantor = await world.guarantor('0.00', {
      kind: 'insurer',
      capacity: {
        amount: world.money('1.00'),
        statedOn: calendarDate('2023-01-01'),
        documentSha256: HASH,
      },
    });
    await expect(world.covers(loan, world.contract(guarantor.id))).rejects.toMatchObject({
      code: 'cover.capacity-outdated',
    });
    const borrower = await world.guarantor('0.00', { kind: 'insurer' });
    const { partyId } = world.issuer;
    world.changeIssuer({ partyId: borrower.partyId });
    await expect(world.covers(loan, world.contract(borrower.id))).rejects.toMatchObject({
      code: 'cover.own-guarantee',
    });
    world.changeIssuer({ partyId });
  });

  test('a fund shows how far it would go, and promises nothing', async () => {
    const { providers, funds } = world.cover;
    const { loan } = await world.active();
    const fund = await world.write((tx) => providers.proposeFund(tx, fundDraft()));
    await world.write((tx) => providers.approve(tx, fund.id), 'usr_compliance');
    await world.payIn(fund, '3000.00');
    const statement = await world.read((db) => funds.statement(db, fund.id));
    const { coverage, stressed, warning } = statement;
    // Every live loan of the world is looked to: 4 % of it fails, and half of that is lost.
    const expected = coverage.outstanding.times(rate('0.02'), 'ceil');
    expect(coverage.expectedLoss.equals(expected)).toBe(true);
    expect(stressed.expectedLoss.isMoreThan(coverage.expectedLoss)).toBe(true);
    expect(warning.en).toContain('no right to a payment');
    expect(statement.citation).toBe('Article 6(5)-(6)');
    const { fund: shown } = await world.read((db) => world.cover.loanCover.of(db, loan.id));
    expect(shown?.id).toBe(fund.id);
  });
});

describe('a fund', () => {
  test('pays what people grant of what lenders bear, and has a note for it', async () => {
    const world = await coverWorld('eu-ecspr');
    const { providers, claims } = world.cover;
    const serviced = await world.active();
    const draft = fundDraft();
    const fund = await world.write((tx) => providers.proposeFund(tx, draft));
    await world.write((tx) => providers.approve(tx, fund.id), 'usr_compliance');
    await world.payIn(fund, '10000.00');
    const guarantor = await world.guarantor('0.00');
    await world.covers(serviced.loan, world.contract(guarantor.id, { sharePpm: 500_000 }));
    const dueOn = new Date(`${serviced.loan.nextDueOn ?? ''}T00:00:00Z`);
    dueOn.setUTCDate(dueOn.getUTCDate() + 60);
    expect(await world.evening(dueOn.toISOString().slice(0, 10))).toBe(2);
    const listed = await world.read((db) => claims.list(db, { providerId: fund.id, limit: 5 }));
    const [claim] = listed;
    const whole = claim?.owed.principal.plus(claim.owed.interest).minor ?? 0n;
    // Half of it is the guarantor's, and half of the other half the most the fund may pay.
    expect(claim?.claimed.minor).toBe(whole / 4n);
    const id = claim?.id ?? 'clm_';
    const granted = world.money('9000.00');
    await world.write((tx) => claims.accept(tx, id, { granted }), 'usr_compliance');
    await world.compensate();
    const paid = await world.read((db) => claims.get(db, id));
    expect([paid.status, paid.paid.toString()]).toEqual(['paid', '9000.00 EUR']);
    expect(await world.balance(provisionFundAccount(fund.id, 'EUR'))).toBe('1000.00');
    // The guarantor owes as much as before: a fund spares nobody.
    await world.payIn(guarantor, '100000.00');
    await world.compensate();
    const { compensations } = await world.read((db) =>
      world.cover.loanCover.of(db, serviced.loan.id),
    );
    expect(compensations).toHaveLength(2);
    expect(await world.broken()).toEqual([]);
    await world.end();
  }, 60_000);
});

describe('under the measures of China', () => {
  test.each([
    { name: 'the operator itself, whatever was declared', company: 2, relation: 'independent' },
    { name: 'who is related to it', company: 1, relation: 'related' },
  ] as const)(
    '$name does not guarantee',
    async ({ company, relation }) => {
      const world = await coverWorld('eu-ecspr');
      const operator = must(world.operators.all()[0], 'the operator');
      const chinese = {
        ...operator,
        rulebookId: 'cn-p2p',
        identityKind: 'lei',
        identityNumber: COMPANIES[2],
      } as const;
      const clock = new ManualClock('2018-03-01T04:00:00Z');
      const law = new CoverLaw({
        clock,
        operators: { get: () => chinese },
        rulebooks: rulebooks(),
      });
      const providers = world.cover.providersUnder(law);
      const draftOf = (index: 0 | 1 | 2, kind: 'independent' | 'related') =>
        world.draftOf({ relation: kind, identity: { kind: 'lei', number: COMPANIES[index] } });
      const refusal: unknown = await world
        .write((tx) => providers.proposeGuarantor(tx, draftOf(company, relation)))
        .catch((error: unknown) => error);
      expect(refusal).toMatchObject({
        code: 'rulebooks.not-permitted',
        findings: [{ rule: 'permits.operator-guarantee', citation: '暂行办法 第10条(三)' }],
      });
      const third = await world.write((tx) =>
        providers.proposeGuarantor(tx, draftOf(0, 'independent')),
      );
      expect(third.relation).toBe('independent');
      await world.end();
    },
    60_000,
  );
});

describe('where the law forbids it', () => {
  let world: CoverWorld;

  beforeAll(async () => {
    world = await coverWorld('in-p2p');
  }, 60_000);

  afterAll(() => world.end());

  test.each([
    {
      name: 'a guarantee',
      rule: 'permits.credit-enhancement',
      work: () => world.write((tx) => world.cover.providers.proposeGuarantor(tx, world.draftOf())),
    },
    {
      name: 'a provision fund',
      rule: 'permits.provision-fund',
      work: () => world.write((tx) => world.cover.providers.proposeFund(tx, fundDraft())),
    },
    {
      name: 'collateral',
      rule: 'permits.secured-loan',
      work: async () => {
        const { loan } = await world.agreed();
        const draft = {
          kind: 'patent',
          description: 'A patent',
          owner: 'The borrower',
          prior: world.money('0.00'),
        } as const;
        await world.write((tx) => world.cover.collaterals.offer(tx, loan.id, draft));
      },
    },
  ])('$name is refused with the clause', async ({ rule, work }) => {
    const refusal: unknown = await work().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Problem);
    const { code, findings } = refusal as Problem;
    expect(code).toBe('rulebooks.not-permitted');
    expect(findings?.map((finding) => [finding.rule, finding.citation])).toEqual([
      [rule, expect.stringContaining('paragraph 6(1)')],
    ]);
  });
});
