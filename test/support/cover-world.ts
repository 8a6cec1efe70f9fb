import { join } from 'node:path';
import { must } from '../../src/kernel/assert';
import { dateIn } from '../../src/kernel/calendar-date';
import { idMaker, type Id } from '../../src/kernel/id';
import { rate } from '../../src/kernel/rate';
import { BlindIndex, FieldCipher } from '../../src/platform/field-cipher';
import { runChecks, type CheckResult } from '../../src/platform/integrity';
import { StoredCoveredLoans } from '../../src/app/covered-loans';
import {
  ClaimService,
  CollateralService,
  CompensationDesk,
  ContractService,
  coverChecks,
  CoverLaw,
  FundService,
  loadCoverPolicy,
  LoanCoverService,
  ProviderWithdrawals,
  ProviderService,
  type ContractDraft,
  type Guarantor,
  type GuarantorDraft,
} from '../../src/modules/cover';
import { PartyService } from '../../src/modules/identity';
import { credit, custodianAccount, debit } from '../../src/modules/ledger';
import { CompensationService, RealisationService, type Loan } from '../../src/modules/loans';
import { EveningClose } from '../../src/modules/loans/close.service';
import { PaymentService } from '../../src/modules/loans/payment.service';
import { PaymentRun } from '../../src/modules/loans/payment-run.service';
import { servicingWorld } from './servicing-world';

export type CoverWorld = Awaited<ReturnType<typeof coverWorld>>;

/** Companies that may guarantee, by numbers that can be right. */
export const COMPANIES = [
  '529900T8BM49AURSDO55',
  '213800D1EI4B9WTWWD28',
  '5493001KJTIIGC8Y1R12',
] as const;

const SHA = 'a'.repeat(64);

/** Loans that run, with everything that may stand behind them. */
export async function coverWorld(rulebookId: 'in-p2p' | 'eu-ecspr' = 'eu-ecspr') {
  const base = await servicingWorld(rulebookId);
  const services = buildServices(base);
  const below = base.broken;
  return Object.assign(base, steps(base, services), {
    cover: services,
    broken: async (): Promise<readonly CheckResult[]> => {
      const operatorId = must(base.operators.all()[0], 'the operator').id;
      const results = await runChecks(base.test.database, coverChecks, [operatorId]);
      return [...(await below()), ...results.filter(({ count }) => count > 0n)];
    },
  });
}

function buildServices(base: Awaited<ReturnType<typeof servicingWorld>>) {
  const { clock, ledger, caps } = base;
  // References are made of the ends of ids: these stay apart from those that the world gives out.
  let serial = 0n;
  const newId = idMaker(clock, () => {
    serial += 1n;
    return Buffer.from(((1n << 50n) + (serial << 24n)).toString(16).padStart(20, '0'), 'hex');
  });
  const { servicingPolicies, references, files, loans, bankAccounts, withdrawals } = base.services;
  const paymentRun = new PaymentRun({ clock, ledger, caps, servicingPolicies });
  const loanPayments = new PaymentService({ ...base, paymentRun, servicingPolicies });
  const coveredLoans = new StoredCoveredLoans({
    loans,
    files,
    compensations: new CompensationService({ clock, ledger, caps }),
    realisations: new RealisationService({ clock, loanPayments }),
  });
  const law = new CoverLaw({ clock, operators: base.operators, rulebooks: base.rulebooks });
  const policy = loadCoverPolicy(join(__dirname, '../../compliance/cover-policies/standard'));
  const cipher = new FieldCipher([{ id: 'k1', secret: Buffer.alloc(32, 7) }]);
  const parties = new PartyService({
    ...base,
    cipher,
    identityIndex: new BlindIndex(Buffer.alloc(32, 9)),
  });
  const providersUnder = (of: CoverLaw) =>
    new ProviderService({ ...base, newId, parties, law: of, references });
  const providers = providersUnder(law);
  const deps = { ...base, law, policy, providers, loans: coveredLoans };
  const contracts = new ContractService(deps);
  return {
    law,
    policy,
    providers,
    providersUnder,
    contracts,
    withdrawals: new ProviderWithdrawals({ ...deps, bankAccounts, withdrawals }),
    coveredLoans,
    claims: new ClaimService(deps),
    desk: new CompensationDesk({ ...deps, contracts }),
    collaterals: new CollateralService(deps),
    funds: new FundService({
      ...deps,
      lossOfGrade: () => ({ pd: rate('0.04'), severity: rate('0.5') }),
    }),
    loanCover: new LoanCoverService(deps),
    loanPayments,
    close: new EveningClose({
      clock,
      audit: base.audit,
      outbox: base.outbox,
      transactions: base.test.database,
      paymentRun,
      servicingPolicies,
      lateFeeCeiling: () => undefined,
    }),
  };
}

type Services = ReturnType<typeof buildServices>;

function steps(base: Awaited<ReturnType<typeof servicingWorld>>, services: Services) {
  let used = 0;
  const self = {
    draftOf: (changes: Partial<GuarantorDraft> = {}): GuarantorDraft => ({
      kind: 'guarantor',
      name: 'A guarantee company',
      identity: { kind: 'lei', number: COMPANIES[used++ % COMPANIES.length] ?? '' },
      relation: 'independent',
      limit: base.money('1000000.00'),
      capacity: {
        amount: base.money('500000.00'),
        statedOn: dateIn('UTC', base.clock.now()),
        documentSha256: SHA,
      },
      ...changes,
    }),

    /** Proposed by one person and approved by another, with so much money here. */
    guarantor: async (cash: string, changes: Partial<GuarantorDraft> = {}): Promise<Guarantor> => {
      const draft = self.draftOf(changes);
      const { id } = await base.write((tx) => services.providers.proposeGuarantor(tx, draft));
      await base.write((tx) => services.providers.approve(tx, id), 'usr_compliance');
      const guarantor = await base.read((db) => services.providers.getGuarantor(db, id));
      await self.payIn(guarantor, cash);
      return guarantor;
    },

    /** Money of a guarantor or a fund, as the custodian would book it. */
    payIn: async (
      provider: Pick<Guarantor, 'id' | 'accountNo' | 'currency'>,
      amount: string,
    ): Promise<void> => {
      const money = base.money(amount);
      if (money.isZero) return;
      await base.write(async (tx) => {
        const custodian = await base.ledger.ensureAccount(tx, custodianAccount(provider.currency));
        await base.ledger.post(tx, [
          {
            kind: 'collection',
            source: { type: 'test-collection', id: base.newId('trf') },
            description: `Paid in by ${provider.id}`,
            occurredAt: base.clock.now(),
            postings: [debit(custodian, money), credit(provider.accountNo, money)],
          },
        ]);
      });
    },

    contract: (providerId: Id<'cov'>, changes: Partial<ContractDraft> = {}): ContractDraft => ({
      providerId,
      sharePpm: 800_000,
      basis: 'principal-and-interest',
      triggerDays: 30,
      validFrom: dateIn('UTC', base.clock.now()),
      validTo: '2030-12-31' as ContractDraft['validTo'],
      documentSha256: SHA,
      fee: base.money('100.00'),
      feePayer: 'borrower',
      review: 'automatic',
      ...changes,
    }),

    /** Puts a guarantor behind the loan. */
    covers: (loan: Pick<Loan, 'id'>, draft: ContractDraft) =>
      base.write((tx) => services.contracts.make(tx, loan.id, draft)),

    /** The evening of a day, and the claims it gives cause for. @returns how many were made. */
    evening: async (day: string): Promise<number> => {
      const on = base.until(day);
      const operatorId = must(base.operators.all()[0], 'the operator').id;
      await services.close.closeDay(operatorId, on);
      return base.write((tx) => services.claims.makeDue(tx));
    },

    compensate: () => base.write((tx) => services.desk.payDue(tx)),
  };
  return self;
}
