import { createHash } from 'node:crypto';
import type { Id } from '../src/kernel/id';
import type { Money } from '../src/kernel/money';
import { rate } from '../src/kernel/rate';
import { SANDBOX_PASSWORD } from '../src/app/personas';
import type { Role } from '../src/platform/auth';
import type { Operator, OperatorDraft } from '../src/modules/identity';
import type { Evidence, InvestorKind, Means } from '../src/modules/rulebooks';
import type { CastPerson } from './cast';
import type { Office } from './office';
import { INSTALLATION, type Stage } from './stage';

/** A user and what it takes to log in. */
export interface LogIn {
  readonly userId: Id<'usr'>;
  readonly email: string;
  readonly password: string;
}

export interface InvestorDraft {
  /** Absent: somebody from the cast. Give the same person at two operators to make them one party. */
  readonly person?: CastPerson;
  readonly kind?: InvestorKind;
  /** The part of the address before the `@`. */
  readonly mailbox?: string;
  /** Whether identity is to be established; on unless stated. */
  readonly isVerified?: boolean;
  readonly means?: Means;
  readonly declaredElsewhere?: Money;
  /** A tier of the rulebook, on evidence and by four eyes; the lowest when absent. */
  readonly tier?: string;
  /** What comes of the knowledge test where the rulebook has one; passed unless stated. */
  readonly test?: 'passed' | 'failed' | 'refused' | 'not-taken';
  /** Paid in by bank transfer. Decimal, in the operator's currency. */
  readonly cash?: string;
}

/** An investor as the world knows them. */
export interface Investor extends LogIn {
  readonly id: Id<'inv'>;
  readonly partyId: Id<'pty'>;
  readonly name: string;
  readonly person: CastPerson;
}

/** An operator's particulars; its fee is a decimal fraction. */
export type OperatorPlan = Omit<OperatorDraft, 'feeTerms'> & { readonly successFeeRate?: string };

/** The people who work at an operator, or watch over it. Two eyes never belong to one of them. */
export interface Staff {
  readonly admin: LogIn;
  readonly compliance: LogIn;
  readonly secondCompliance: LogIn;
  readonly operations: LogIn;
  readonly regulator: LogIn;
}

export async function registerOperator(stage: Stage, plan: OperatorPlan): Promise<Operator> {
  const { operators, directory } = stage.services;
  const { successFeeRate = '0.05', ...rest } = plan;
  const draft: OperatorDraft = { ...rest, feeTerms: { successFeeRate: rate(successFeeRate) } };
  const { id } = await stage.write(INSTALLATION, (tx) => operators.create(tx, draft));
  await stage.read(INSTALLATION, (db) => operators.loadDirectory(db));
  return directory.get(id);
}

/** The administrator is made by the installation, everybody else by the administrator. */
export async function hireStaff(office: Office): Promise<Staff> {
  const admin = await createUser(office, 'admin', { roles: ['admin'] });
  const hire = (mailbox: string, role: Role): Promise<LogIn> =>
    createUser(office, mailbox, { roles: [role], by: admin });
  return {
    admin,
    compliance: await hire('compliance', 'compliance'),
    secondCompliance: await hire('second.compliance', 'compliance'),
    operations: await hire('operations', 'operations'),
    regulator: await hire('regulator', 'regulator'),
  };
}

/** A user made by an administrator; the first one by the installation. */
export async function createUser(
  office: Office,
  mailbox: string,
  order: { readonly roles: readonly Role[]; readonly by?: LogIn },
): Promise<LogIn> {
  const { users, logIn } = office.stage.services;
  const email = office.address(mailbox);
  const passwordHash = await logIn.hashNew(SANDBOX_PASSWORD, email);
  const granter: readonly Role[] = order.by ? ['admin'] : ['platform'];
  const user = await office.write(order.by, (tx) =>
    users.create(tx, granter, { email, passwordHash, roles: order.roles }),
  );
  return { userId: user.id, email, password: SANDBOX_PASSWORD };
}

/** A newcomer's own registration. */
export async function registerUser(
  office: Office,
  mailbox: string,
  role: 'investor' | 'issuer',
): Promise<LogIn> {
  const { users, logIn } = office.stage.services;
  const email = office.address(mailbox);
  const passwordHash = await logIn.hashNew(SANDBOX_PASSWORD, email);
  const user = await office.write(undefined, (tx) =>
    users.register(tx, { email, passwordHash, role }),
  );
  return { userId: user.id, email, password: SANDBOX_PASSWORD };
}

/** The whole way in: log-in, file, identity, means, test, tier, money. */
export async function openInvestor(
  office: Office,
  draft: InvestorDraft,
  approver: LogIn,
): Promise<Investor> {
  const { stage } = office;
  const { investors } = stage.services;
  const person = draft.person ?? stage.cast.person(office.land);
  const { name, country, bornOn, identity, handle } = person;
  const kind = draft.kind ?? 'natural';
  const logIn = await registerUser(office, draft.mailbox ?? handle, 'investor');
  const file = { userId: logIn.userId, kind, name, country, bornOn, identity };
  const { id, partyId } = await office.write(logIn, (tx) => investors.open(tx, file));
  const investor: Investor = { ...logIn, id, partyId, name, person };

  const { declaredElsewhere } = draft;
  const means = draft.means ?? office.usualMeans();
  await office.write(logIn, (tx) => investors.declareMeans(tx, id, { means, declaredElsewhere }));
  if (draft.isVerified ?? true) await verify(office, investor);
  await takeTest(office, investor, draft.test ?? 'passed');
  if (draft.tier !== undefined) {
    await classify(office, investor, { tier: draft.tier, approver });
  }
  if (draft.cash !== undefined) await payIn(office, investor, draft.cash);
  return investor;
}

/** Has the provider establish who the investor is. */
export async function verify(office: Office, investor: Investor): Promise<void> {
  const { verifications, verificationRunner } = office.stage.services;
  const opened = await office.write(investor, (tx) => verifications.request(tx, investor.id));
  await verificationRunner.run(office.scope(), opened);
}

/** Hands in the knowledge test and the simulation of losses, where the rulebook asks for them. */
async function takeTest(
  office: Office,
  { id, userId }: Investor,
  outcome: NonNullable<InvestorDraft['test']>,
): Promise<void> {
  if (office.operator.rulebookId !== 'eu-ecspr' || outcome === 'not-taken') return;
  const { knowledgeTests } = office.stage.services;
  const by = { userId };
  await office.write(by, async (tx) => {
    const bank = knowledgeTests.bankOf(tx);
    const answers = Object.fromEntries(
      bank.questions.map((question, place) => {
        const wrong = question.choices.find((choice) => choice.id !== question.answer);
        const isRight = outcome === 'passed' || place < 3;
        return [question.id, isRight ? question.answer : (wrong?.id ?? question.answer)];
      }),
    );
    const handedIn = { bank: bank.id, version: bank.version };
    await knowledgeTests.take(tx, id, outcome === 'refused' ? handedIn : { ...handedIn, answers });
  });
  if (outcome !== 'passed') {
    await office.write(by, (tx) => knowledgeTests.acknowledgeWarning(tx, id));
  }
  const ability = office.money(`${office.stage.cast.between(2, 30) * 500}.00`);
  await office.write(by, (tx) => knowledgeTests.recordSimulation(tx, id, ability));
}

/** Asks for a tier on evidence that reaches it, and has a compliance officer agree. */
export async function classify(
  office: Office,
  investor: Investor,
  order: { readonly tier: string; readonly approver: LogIn },
): Promise<void> {
  const { classifications } = office.stage.services;
  const { id } = investor;
  const { tier, approver } = order;
  const asked = {
    tier,
    declared: evidenceFor(office, tier),
    documents: [{ title: 'Confirmation by an adviser', sha256: sha256(`adviser ${id} ${tier}`) }],
  };
  const request = await office.write(investor, (tx) => classifications.request(tx, id, asked));
  if (request.status !== 'pending') return;
  const decision = { investorId: id, id: request.id, note: 'Read against the evidence.' };
  await office.write(approver, (tx) => classifications.approve(tx, decision));
}

/** Announces a bank transfer, has it arrive, and has it booked. */
export async function payIn(office: Office, investor: Investor, amount: string): Promise<void> {
  const { deposits, custodian, paymentDispatcher } = office.stage.services;
  const operatorId = office.operator.id;
  const money = office.money(amount);
  const order = { investorId: investor.id, amount: money, method: 'bank-transfer' } as const;
  const { reference } = await office.write(investor, (tx) => deposits.request(tx, order));
  const payer = { name: investor.name, account: office.accountNumber() };
  await custodian.receiveTransfer({ operatorId, amount: money, reference, payer });
  await paymentDispatcher.run(operatorId);
}

/** A bank account in the party's own name, confirmed by its bank. */
export async function openBankAccount(
  office: Office,
  owner: LogIn & { readonly partyId: Id<'pty'>; readonly name: string },
): Promise<Id<'bac'>> {
  const { bankAccounts, paymentDispatcher } = office.stage.services;
  const draft = {
    partyId: owner.partyId,
    holder: owner.name,
    scheme: office.land === 'EU' ? ('iban' as const) : ('account-reference' as const),
    account: office.accountNumber(),
  };
  const account = await office.write(owner, (tx) => bankAccounts.register(tx, draft));
  await paymentDispatcher.run(office.operator.id);
  return account.id;
}

function evidenceFor(office: Office, tier: string): Evidence {
  const evidence = EVIDENCE[tier];
  if (!evidence) throw new Error(`no evidence is known that reaches the tier ${tier}`);
  return evidence((amount) => office.money(amount));
}

/** What reaches each tier of the rulebooks, with room to spare. */
const EVIDENCE: Readonly<Record<string, (money: (amount: string) => Money) => Evidence>> = {
  accredited: (money) => ({
    netWorth: money('1850000.00'),
    incomeLastYear: money('262000.00'),
    incomeYearBefore: money('248000.00'),
    expectsSameIncome: true,
  }),
  sophisticated: (money) => ({
    grossIncome: money('94000.00'),
    financialPortfolio: money('310000.00'),
    financeRoleMonths: 48,
    transactionsPerQuarter: 14,
  }),
  qualified: (money) => ({
    financialAssets: money('4200000.00'),
    averageIncomeThreeYears: money('680000.00'),
    understandsRisk: true,
  }),
};

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
