import { must } from '../../kernel/assert';
import { dateIn } from '../../kernel/calendar-date';
import { DAY_MS } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import { rate, rateText, roundRate, type Rate } from '../../kernel/rate';
import type { Db, Tx } from '../../platform/db';
import type { CreditMonitoring, CreditRequest, CreditService, StandingDecision } from '../credit';
import type { Issuer, IssuerTakeover } from '../issuers';
import { assess as askLaw, capsFor, type Rulebook } from '../rulebooks';
import { affordability, type IncomeCheck } from './affordability';
import { bookFacts } from './applicant-facts';
import type { Application } from './application';
import { verdictOf, type PolicyFinding } from './finding';
import type { ApplicationForm } from './form';
import { outcomesOf } from './import-outcome';
import { importedForm, isRefused, type ImportRow, type RefusedRow } from './import-row';
import * as imports from './import.store';
import { levelAnnuity } from './level-annuity';
import type { LoanQuote, Offer } from './offer';
import type { ApplicationPolicy } from './policy';
import type { ApplicationDeps } from './ports';
import { APR_DIGITS, ceilingOf, monthlyBurden } from './quote.service';
import type { ApplicationService } from './service';

export interface ImportDeps extends ApplicationDeps {
  readonly applications: ApplicationService;
  readonly credit: Pick<CreditService, 'decideAll'>;
  readonly creditMonitoring: Pick<CreditMonitoring, 'recordOutcomes'>;
  readonly originationFee: (pricingPolicy: string) => Rate;
  readonly takeover: IssuerTakeover;
}

/** What became of the rows of a batch. */
export interface BatchOutcome {
  readonly taken: number;
  readonly offered: number;
  readonly referred: number;
  readonly declined: number;
  /** Rows that were taken before, unchanged. */
  readonly repeated: number;
  readonly refused: readonly RefusedRow[];
}

/** A form that a row came to. */
interface Readable {
  readonly row: ImportRow;
  readonly form: ApplicationForm;
}

/** A readable row with the ids it will have and what the law says to it. */
interface Drafted extends Readable {
  readonly id: Id<'app'>;
  readonly issuerId: Id<'iss'>;
  readonly partyId: Id<'pty'>;
  readonly law: readonly PolicyFinding[];
}

/**
 * Takes loan applications from files, a batch a transaction: every row is scored, graded, priced and
 * held against the law and the borrower's means, by the very services that judge an application
 * made here. A row taken before changes nothing.
 */
export class ApplicationImports {
  constructor(private readonly deps: ImportDeps) {}

  async take(tx: Tx, mappingId: string, rows: readonly ImportRow[]): Promise<BatchOutcome> {
    await imports.lockImport(tx, mappingId);
    const { fresh, repeated, refused } = await this.sorted(tx, mappingId, rows);
    const { jurisdiction, homeCurrency } = this.deps.applications.operatorOf(tx);
    const read = fresh.map((row) => ({ row, form: importedForm(row, homeCurrency) }));
    const readable = read.filter((each): each is Readable => !isRefused(each.form));
    const unreadable = read.flatMap(({ form }) => (isRefused(form) ? [form] : []));
    const borrowers = await this.deps.takeover.take(
      tx,
      { source: mappingId, jurisdiction },
      readable.map(({ row }) => row.key),
    );
    const imported = await this.judge(tx, readable, borrowers);
    await imports.insertImported(tx, mappingId, imported);
    const today = dateIn('UTC', this.deps.clock.now());
    await this.deps.creditMonitoring.recordOutcomes(tx, outcomesOf(imported, today));
    const count = (status: Application['status']): number =>
      imported.filter(({ application }) => application.status === status).length;
    if (imported.length > 0) await this.announce(tx, mappingId, imported);
    return {
      taken: imported.length,
      offered: count('offered'),
      referred: count('referred'),
      declined: count('declined'),
      repeated,
      refused: [...refused, ...unreadable],
    };
  }

  /** Everything taken under a mapping, grade by grade. */
  async gradeTable(db: Db, mappingId: string): Promise<readonly imports.GradeLine[]> {
    return imports.gradeTable(db, mappingId);
  }

  /**
   * Imported applications whose offer waits to be accepted, in order of the file.
   *
   * @param most loans of the mapping that lenders are to see, those that they saw before included:
   *   so that a run that is repeated lists no more than one that is not.
   */
  async listOffered(db: Db, mappingId: string, most: number) {
    const left = most - (await imports.countListed(db, mappingId));
    return left > 0 ? imports.listOffered(db, mappingId, left) : [];
  }

  /** Rows that are new, those known, and those that changed since they were taken. */
  private async sorted(tx: Tx, mappingId: string, rows: readonly ImportRow[]) {
    const keys = rows.map(({ key }) => key);
    const known = new Map(await imports.findTaken(tx, mappingId, keys));
    const fresh: ImportRow[] = [];
    const refused: RefusedRow[] = [];
    let repeated = 0;
    for (const row of rows) {
      const before = known.get(row.key);
      if (before === undefined) fresh.push(row);
      else if (before === row.sha256) repeated += 1;
      else {
        const reason = `The row ${row.key} was taken before with other content.`;
        refused.push({ line: row.line, code: 'changed-since', reason });
      }
      known.set(row.key, row.sha256);
    }
    return { fresh, repeated, refused };
  }

  private async judge(
    tx: Tx,
    readable: readonly Readable[],
    borrowers: readonly Issuer[],
  ): Promise<readonly imports.ImportedApplication[]> {
    const now = this.deps.clock.now();
    const { applications, rulebooks, newId } = this.deps;
    const rulebook = rulebooks.get(applications.operatorOf(tx).rulebookId);
    const drafts = readable.map(({ row, form }, position): Drafted => {
      const { id: issuerId, partyId } = must(borrowers[position], 'the borrower of a row');
      const id = newId('app');
      return { row, form, id, issuerId, partyId, law: lawOf(rulebook, form, now) };
    });
    const lawful = drafts.filter(({ law }) => verdictOf(law) !== 'decline');
    const decided = await this.deps.credit.decideAll(
      tx,
      lawful.map(({ id, form }) => ({ ...this.requestFor(tx, rulebook, form), subject: id })),
    );
    const decisions = new Map(lawful.map(({ id }, position) => [id, decided[position]]));
    return drafts.map((draft) =>
      this.concluded(tx, draft, { decision: decisions.get(draft.id), now }),
    );
  }

  /** One row with everything that is written of it. */
  private concluded(
    tx: Tx,
    { row, form, law, ...ids }: Drafted,
    { decision, now }: { readonly decision: StandingDecision | undefined; readonly now: Date },
  ): imports.ImportedApplication {
    const base = { row, form };
    const application = (status: Application['status']): Application => ({
      ...ids,
      externalId: row.key.slice(0, 80),
      source: 'import',
      status,
      version: 1,
      priority: 'normal',
      linkedCount: 0,
      decisionId: decision?.recorded.id,
      createdAt: now,
      updatedAt: now,
      submittedAt: now,
    });
    const { findings, quote } =
      decision === undefined
        ? { findings: law, quote: undefined }
        : this.weigh(tx, { form, law, decision });
    const verdict = verdictOf(findings);
    const concluded = application(imports.STATUS_OF[verdict]);
    const assessment = this.assessmentOf(tx, { application: concluded, findings, verdict });
    const transitions = imports.importSteps(concluded.status, now, 'By rule');
    const written = { ...base, application: concluded, transitions, assessment };
    if (decision === undefined) return written;
    const { grade, pd, rate: asked } = decision.recorded.decision;
    return {
      ...written,
      grade,
      pd: rate(pd),
      rate: asked === undefined ? undefined : rate(asked),
      offer:
        verdict === 'pass' && quote !== undefined
          ? this.offerOf(tx, { quote, decision, now })
          : undefined,
    };
  }

  /** Credit and affordability of one row; its income counts as nobody's but the file's word. */
  private weigh(
    db: Db,
    {
      form,
      law,
      decision,
    }: {
      readonly form: ApplicationForm;
      readonly law: readonly PolicyFinding[];
      readonly decision: StandingDecision;
    },
  ): { readonly findings: readonly PolicyFinding[]; readonly quote: LoanQuote | undefined } {
    const { rate: asked, apr, grade, findings: said } = decision.recorded.decision;
    const credit: readonly PolicyFinding[] =
      decision.outcome === 'approve'
        ? []
        : [
            {
              rule: 'credit-decision',
              outcome: decision.outcome,
              message: `Grade ${grade}. ${said.map(({ message }) => message).join(' ')}`.trim(),
            },
          ];
    if (asked === undefined || apr === undefined || !decision.recorded.decision.isPriced) {
      return { findings: [...law, ...credit], quote: undefined };
    }
    const policy = this.deps.applications.policyOf(db);
    const quote = this.quote(form, { asked, apr }, policy);
    const check: IncomeCheck = { outcome: 'unconfirmed', reference: 'file' };
    const instalment = monthlyBurden(quote);
    const burden = affordability(form, { check, instalment }, policy.affordability);
    return { findings: [...law, ...credit, ...burden.findings], quote };
  }

  /** To the cent as its schedule will be; the APR is that of the price, in which amounts cancel. */
  private quote(
    form: ApplicationForm,
    { asked, apr }: { readonly asked: string; readonly apr: string },
    policy: ApplicationPolicy,
  ): LoanQuote {
    const amount = must(form.amount, 'the amount');
    const termMonths = must(form.termMonths, 'the term');
    const nominal = rate(asked);
    const feeRate = this.deps.originationFee(policy.pricingPolicy);
    const fee = amount.times(feeRate, 'half-even');
    const { instalment, interest } = levelAnnuity(amount, nominal, termMonths);
    const totalCost = interest.plus(fee);
    return {
      termMonths,
      repayment: 'annuity',
      amount,
      rate: nominal,
      apr: roundRate(rate(apr), APR_DIGITS, 'half-even'),
      feeRate,
      fee,
      instalment,
      interest,
      totalCost,
      totalPayable: amount.plus(totalCost),
    };
  }

  private requestFor(
    db: Db,
    rulebook: Rulebook,
    form: ApplicationForm,
  ): Omit<CreditRequest, 'subject'> {
    const policy = this.deps.applications.policyOf(db);
    return {
      policyId: policy.pricingPolicy,
      applicant: bookFacts(form),
      principal: must(form.amount, 'the amount'),
      termMonths: must(form.termMonths, 'the term'),
      repayment: form.repayment ?? 'annuity',
      security: 'none',
      aprMethod: policy.aprMethod,
      ceiling: ceilingOf(rulebook, this.deps.clock.now()),
    };
  }

  private assessmentOf(
    db: Db,
    of: {
      readonly application: Application;
      readonly findings: readonly PolicyFinding[];
      readonly verdict: 'pass' | 'refer' | 'decline';
    },
  ) {
    const policy = this.deps.applications.policyOf(db);
    return {
      id: this.deps.newId('asm'),
      version: 1,
      policyId: `${policy.id}/${policy.version}`,
      policyHash: policy.contentHash,
      facts: { income: { outcome: 'unconfirmed', reference: 'file' } },
      findings: of.findings,
      effects: [],
      verdict: of.verdict,
      decisionId: of.application.decisionId,
      assessedAt: of.application.createdAt,
      assessedBy: db.scope.actor.id,
    };
  }

  private offerOf(
    db: Db,
    of: {
      readonly quote: LoanQuote;
      readonly decision: StandingDecision;
      readonly now: Date;
    },
  ): Offer {
    const { quote, decision, now } = of;
    const { offers } = this.deps.applications.policyOf(db);
    const { grade, gradePd, points, lossGivenDefault, parts } = decision.recorded.decision;
    return {
      ...quote,
      id: this.deps.newId('ofr'),
      decisionId: decision.recorded.id,
      grade,
      details: {
        feeRate: rateText(quote.feeRate),
        points,
        pd: gradePd,
        lossGivenDefault,
        ...(parts === undefined ? {} : { parts: { ...parts } }),
      },
      madeAt: now,
      validUntil: new Date(now.getTime() + offers.validDays * DAY_MS),
      status: 'open',
    };
  }

  private async announce(
    tx: Tx,
    mappingId: string,
    imported: readonly imports.ImportedApplication[],
  ): Promise<void> {
    const details = {
      count: imported.length,
      first: imported[0]?.application.id,
      last: imported.at(-1)?.application.id,
    };
    const type = 'applications.imported';
    await this.deps.audit.record(tx, { action: type, subject: mappingId, details });
    await this.deps.outbox.publish(tx, { type, subject: mappingId, payload: details });
  }
}

/** What the law says to the request of somebody new, who has used nothing of any cap yet. */
function lawOf(rulebook: Rulebook, form: ApplicationForm, at: Date): readonly PolicyFinding[] {
  const amount = must(form.amount, 'the amount');
  if (amount.currency !== rulebook.currency) {
    const message = `Loans under ${rulebook.id} are in ${rulebook.currency}.`;
    return [{ rule: 'rulebook', outcome: 'decline', message }];
  }
  const facts = {
    at,
    amount,
    offering: {
      kind: 'loan' as const,
      target: amount,
      maximum: amount,
      loan: { termMonths: form.termMonths, purpose: form.purpose, security: 'none' as const },
    },
    borrower: TAKEN_OVER,
  };
  const findings = askLaw(rulebook, 'apply', facts).findings.map(
    ({ message, citation }): PolicyFinding => ({
      rule: 'rulebook',
      outcome: 'decline',
      message: `${message} (${rulebook.id}: ${citation})`,
    }),
  );
  for (const cap of capsFor(rulebook, 'apply', facts)) {
    const ceiling: Money | undefined = cap.measure === 'holder-count' ? undefined : cap.ceiling;
    if (ceiling === undefined || !amount.isMoreThan(ceiling)) continue;
    const message = `${amount} is asked for; ${ceiling} is the most (${cap.rule}).`;
    findings.push({ rule: 'borrower-cap', outcome: 'decline', message });
  }
  return findings;
}

/** Whoever keeps the book answers for what its borrowers declared. */
const TAKEN_OVER = {
  kind: 'natural',
  isVerified: true,
  residence: 'domestic',
  hasDeclaredLoans: true,
  hasLimitCertificate: true,
  isRelatedToOperator: false,
  hasRepaymentSource: true,
} as const;
