import { dateIn } from '../../kernel/calendar-date';
import { DAY_MS } from '../../kernel/clock';
import type { Id } from '../../kernel/id';
import type { Finding } from '../../kernel/problem';
import type { Db, Tx } from '../../platform/db';
import {
  contactFindings,
  lookBackDays,
  type Contact,
  type ContactPlan,
  type ContactStop,
} from './contact';
import * as contacts from './contact.store';
import type { StopKind } from './desk-policy';
import { loanProblem } from './errors';
import { isLive, type Loan } from './loan';
import type { LoanDeps } from './ports';
import { findOpenPromise } from './promise.store';
import { getLoan, lockLoan } from './store';

/** What is recorded of a contact; its hour and place are now and the operator's where absent. */
export interface ContactDraft extends Pick<Contact, 'direction' | 'channel' | 'outcome' | 'note'> {
  readonly timeZone?: string | undefined;
}

/** Contacts with borrowers about what they owe, within the limits of law and policy. */
export class ContactService {
  constructor(
    private readonly deps: Pick<LoanDeps, 'clock' | 'audit' | 'offerings' | 'servicingPolicies'>,
  ) {}

  /** Why a contact may not be made now; nothing where it may. */
  async check(
    db: Db,
    loan: Loan,
    plan: Pick<ContactPlan, 'channel'> & { readonly timeZone?: string | undefined },
  ): Promise<readonly Finding[]> {
    return this.findingsFor(db, loan, this.planOf(db, plan));
  }

  /**
   * Records a contact that is being made. What the borrower itself began is never refused.
   *
   * @throws Problem `loans.loan-not-found`, `loans.loan-status`, `loans.contact-not-allowed` with a
   *   finding for every limit it breaks.
   */
  async record(tx: Tx, id: Id<'lon'>, draft: ContactDraft): Promise<Contact> {
    const { clock, audit } = this.deps;
    const { issuerId } = await getLoan(tx, id);
    await contacts.lockBorrower(tx, issuerId);
    const loan = await lockLoan(tx, id);
    if (!isLive(loan)) throw loanProblem('loan-status', { detail: `It is ${loan.status}.` });
    const plan = this.planOf(tx, draft);
    if (draft.direction === 'outbound') {
      const findings = await this.findingsFor(tx, loan, plan);
      if (findings.length > 0) throw loanProblem('contact-not-allowed', { findings });
    }
    const { direction, channel, outcome, note } = draft;
    const contact = await contacts.insertContact(tx, issuerId, {
      loanNo: loan.loanNo,
      direction,
      channel,
      outcome,
      note,
      at: plan.at,
      timeZone: plan.timeZone,
      recordedAt: clock.now(),
      by: tx.scope.actor.id,
    });
    const details = { no: contact.no, direction, channel, outcome };
    await audit.record(tx, { action: 'loans.borrower-contacted', subject: id, details });
    return contact;
  }

  /** A loan's contacts, the latest first; one more than the limit. */
  async list(db: Db, filter: Parameters<typeof contacts.listContacts>[1]) {
    return contacts.listContacts(db, filter);
  }

  /** Has the borrower of a loan left alone, with all its loans. */
  async stop(
    tx: Tx,
    id: Id<'lon'>,
    { kind, reason }: { readonly kind: StopKind; readonly reason: string },
  ): Promise<ContactStop> {
    const { clock, audit } = this.deps;
    const { issuerId } = await getLoan(tx, id);
    await contacts.lockBorrower(tx, issuerId);
    const made = { kind, reason, madeAt: clock.now(), madeBy: tx.scope.actor.id };
    const stop = await contacts.insertStop(tx, issuerId, made);
    const details = { no: stop.no, kind, reason };
    await audit.record(tx, { action: 'loans.contacts-stopped', subject: issuerId, details });
    return stop;
  }

  /** Lifts a stop. @throws Problem `loans.stop-not-found`. */
  async lift(tx: Tx, id: Id<'lon'>, no: number): Promise<void> {
    const { clock, audit } = this.deps;
    const { issuerId } = await getLoan(tx, id);
    const by = tx.scope.actor.id;
    if (!(await contacts.liftStop(tx, issuerId, { no, at: clock.now(), by }))) {
      throw loanProblem('stop-not-found');
    }
    const details = { no };
    await audit.record(tx, { action: 'loans.contacts-resumed', subject: issuerId, details });
  }

  async listStops(db: Db, { issuerId }: Pick<Loan, 'issuerId'>): Promise<readonly ContactStop[]> {
    return contacts.listStops(db, issuerId);
  }

  private planOf(
    db: Db,
    {
      channel,
      timeZone,
    }: Pick<ContactPlan, 'channel'> & { readonly timeZone?: string | undefined },
  ): ContactPlan {
    const { operator } = this.deps.offerings.regimeOf(db);
    return { channel, at: this.deps.clock.now(), timeZone: timeZone ?? operator.timeZone };
  }

  private async findingsFor(db: Db, loan: Loan, plan: ContactPlan): Promise<readonly Finding[]> {
    const { offerings, servicingPolicies } = this.deps;
    const { desk } = servicingPolicies.get(loan.policy);
    const { workingDays, operator } = offerings.regimeOf(db);
    const since = new Date(plan.at.getTime() - lookBackDays(desk.contacts) * DAY_MS);
    const stops = await contacts.listStops(db, loan.issuerId);
    const promise = await findOpenPromise(db, loan);
    const facts = {
      contacts: await contacts.listContactsSince(db, loan.issuerId, since),
      openStops: stops.filter(({ liftedAt }) => liftedAt === undefined),
      hasPromised: promise !== undefined && promise.byOn >= dateIn(operator.timeZone, plan.at),
      calendar: workingDays,
    };
    const policy = { ...desk.contacts, pausesOnPromise: desk.promises.pausesContacts };
    return contactFindings(plan, facts, policy);
  }
}
