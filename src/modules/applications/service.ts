import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../../kernel/canonical-json';
import type { Id } from '../../kernel/id';
import { must } from '../../kernel/assert';
import { dateIn } from '../../kernel/calendar-date';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf, type Operator } from '../identity';
import { requireStatus, type Application, type ApplicationSource } from './application';
import { gapFindings, gapsOf, type Gap } from './completeness';
import { applicationProblem } from './errors';
import * as evidence from './evidence.store';
import { changedFields, formJson, merged, type ApplicationForm, type Contact } from './form';
import { greenChannel } from './green-channel';
import { listOfParty } from './list.store';
import { claimProject, linkMarks, type HashedMark } from './link.store';
import { markText, marksOf, projectText } from './mark';
import { policyFor, type ApplicationPolicy } from './policy';
import type { ApplicationDeps } from './ports';
import { ApplicationSteps } from './steps.service';
import * as store from './store';
import {
  requireConsents,
  requireDeclarations,
  type Consent,
  type Declarations,
} from './submission';

/** What is saved at one go; what is left out stays as it was. */
export interface Saved {
  readonly form: ApplicationForm;
  readonly contact: Contact;
}

export interface ApplicationDraft extends Saved {
  readonly issuerId: Id<'iss'>;
  readonly externalId?: string | undefined;
  readonly source: ApplicationSource;
}

/** An application with what is filled in. */
export interface FilledApplication {
  readonly application: Application;
  readonly form: ApplicationForm;
  readonly contact: Contact;
}

/** Drafts of applications, and handing them in. */
export class ApplicationService {
  private readonly steps: ApplicationSteps;

  constructor(private readonly deps: ApplicationDeps) {
    this.steps = new ApplicationSteps(deps);
  }

  /**
   * Begins an application; nothing has to be filled in yet.
   *
   * @throws Problem `applications.already-open`, `applications.external-id-taken`,
   *   `applications.wrong-currency`, and not-found for an unknown issuer.
   */
  async open(tx: Tx, draft: ApplicationDraft): Promise<FilledApplication> {
    const { clock, newId, borrowers, audit, outbox } = this.deps;
    const borrower = await borrowers.get(tx, draft.issuerId);
    this.requireCurrency(tx, draft.form);
    const now = clock.now();
    const application: Application = {
      id: newId('app'),
      issuerId: borrower.id,
      partyId: borrower.partyId,
      externalId: draft.externalId,
      source: draft.source,
      status: 'draft',
      version: 1,
      priority: 'normal',
      linkedCount: 0,
      createdAt: now,
      updatedAt: now,
    };
    await store.insertApplication(tx, application);
    const { form, contact } = draft;
    await this.record(tx, application, { form, contact, changed: changedFields({}, form) });
    await store.insertTransition(tx, application.id, {
      to: 'draft',
      reason: 'Begun',
      happenedAt: now,
    });
    await audit.record(tx, { action: 'application.opened', subject: application.id });
    const payload = { issuerId: borrower.id };
    await outbox.publish(tx, { type: 'application.opened', subject: application.id, payload });
    return { application, form, contact };
  }

  /**
   * Saves what was filled in as the next version, over what was there before.
   *
   * @throws Problem `applications.wrong-status`, `applications.stale-version` when it was changed
   *   since `basedOn`, `applications.wrong-currency`.
   */
  async save(
    tx: Tx,
    id: Id<'app'>,
    saved: Saved & { readonly basedOn: number },
  ): Promise<FilledApplication> {
    const before = await this.filled(tx, await store.getApplicationAndLock(tx, id));
    requireStatus(before.application, ['draft'], 'saving');
    if (saved.basedOn !== before.application.version) {
      const detail = `It is at version ${before.application.version}.`;
      throw applicationProblem('stale-version', { detail });
    }
    this.requireCurrency(tx, saved.form);
    const form = merged(before.form, saved.form);
    const contact = merged(before.contact, saved.contact);
    const application: Application = {
      ...before.application,
      version: before.application.version + 1,
      updatedAt: this.deps.clock.now(),
    };
    const changed = [
      ...changedFields(before.form, form),
      ...(JSON.stringify(contact) === JSON.stringify(before.contact) ? [] : ['contact']),
    ];
    await this.record(tx, application, { form, contact, changed });
    await store.updateApplication(tx, application);
    return { application, form, contact };
  }

  /** @throws Problem `applications.not-found`. */
  async get(db: Db, id: Id<'app'>): Promise<FilledApplication> {
    return this.filled(db, await store.getApplication(db, id));
  }

  async list(db: Db, query: store.ApplicationQuery): Promise<readonly Application[]> {
    return store.listApplications(db, query);
  }

  async versions(db: Db, id: Id<'app'>): Promise<readonly store.ApplicationVersion[]> {
    return store.listVersions(db, id);
  }

  async transitions(db: Db, id: Id<'app'>) {
    return store.listTransitions(db, id);
  }

  /** What the application still lacks; nothing when it can be handed in. */
  async gaps(db: Db, filled: FilledApplication): Promise<readonly Gap[]> {
    const operator = this.operatorOf(db);
    const policy = this.policyOf(db);
    const { application, form, contact } = filled;
    const documents = await evidence.listDocuments(db, application.id);
    const { waivedDocuments } = greenChannel(
      await listOfParty(db, application.partyId),
      dateIn(operator.timeZone, this.deps.clock.now()),
      policy.greenChannel,
    );
    const source = form.income?.source;
    const wanted = source === undefined ? [] : policy.documents[source];
    return gapsOf(
      { form, contact, documents: documents.map(({ kind }) => kind) },
      {
        currency: operator.homeCurrency,
        shortestMonths: policy.offers.shortestMonths,
        longestMonths: policy.offers.longestMonths,
        // A group falls away when any of its documents is waived.
        documents: wanted.filter((any) => !any.some((kind) => waivedDocuments.includes(kind))),
      },
    );
  }

  /**
   * Hands the application in: consents and declarations are kept with the hash of what was signed,
   * its marks are compared with those of the whole installation, its project is claimed.
   *
   * @throws Problem `applications.incomplete` with every gap, `applications.consent-missing`,
   *   `applications.declaration-refused`, `applications.borrower-not-verified`,
   *   `applications.project-taken`, `applications.wrong-status`, `applications.stale-version`.
   */
  async submit(
    tx: Tx,
    id: Id<'app'>,
    signed: {
      readonly basedOn: number;
      readonly consents: readonly Consent[];
      readonly declarations: Declarations;
    },
  ): Promise<Application> {
    const { clock, borrowers } = this.deps;
    const filled = await this.filled(tx, await store.getApplicationAndLock(tx, id));
    const { application, form, contact } = filled;
    requireStatus(application, ['draft'], 'submitting');
    if (signed.basedOn !== application.version) throw applicationProblem('stale-version');
    requireConsents(signed.consents);
    requireDeclarations(signed.declarations);
    await this.requireComplete(tx, filled);
    const borrower = await borrowers.get(tx, application.issuerId);
    if (borrower.verification !== 'verified') throw applicationProblem('borrower-not-verified');
    const now = clock.now();
    await this.claim(tx, { ...filled, at: now });
    const linkedCount = await linkMarks(
      tx,
      { id, partyId: application.partyId, at: now },
      { marks: this.hashed(contact), policy: this.policyOf(tx).linking },
    );
    await evidence.insertSubmission(tx, id, {
      version: application.version,
      formSha256: formHash(form),
      declarations: signed.declarations,
      consents: signed.consents,
      submittedAt: now,
      submittedBy: tx.scope.actor.id,
    });
    return this.steps.take(tx, application, {
      to: 'submitted',
      reason: 'Handed in',
      changes: { linkedCount, submittedAt: now },
      details: { version: application.version },
    });
  }

  /**
   * Takes an application back; nothing is owed. Once an offer is accepted, it is the offering that
   * is withdrawn, and the application follows it.
   *
   * @throws Problem `applications.wrong-status`.
   */
  async withdraw(tx: Tx, id: Id<'app'>, reason: string): Promise<Application> {
    const application = await store.getApplicationAndLock(tx, id);
    requireStatus(application, ['draft', 'submitted', 'referred', 'offered'], 'withdrawing');
    return this.steps.take(tx, application, { to: 'withdrawn', reason });
  }

  /** The marks of a contact as keyed hashes. */
  hashed(contact: Contact): readonly HashedMark[] {
    return marksOf(contact).map((mark) => ({
      kind: mark.kind,
      mark: this.deps.identityIndex.digest(markText(mark)),
    }));
  }

  operatorOf(db: Db): Operator {
    return this.deps.directory.get(operatorIdOf(db));
  }

  /** The operator's own rules for taking applications in. */
  policyOf(db: Db): ApplicationPolicy {
    const { rulebookId } = this.operatorOf(db);
    return must(policyFor(this.deps.policies, rulebookId), 'a policy for applications');
  }

  /** The application with its form and contact. */
  async filled(db: Db, application: Application): Promise<FilledApplication> {
    const version = await store.getVersion(db, application.id, application.version);
    const { form, contactEncrypted } = version;
    if (contactEncrypted === undefined) return { application, form, contact: {} };
    const text = this.deps.cipher.open(contactEncrypted, contactAddress(application));
    return { application, form, contact: JSON.parse(text) as Contact };
  }

  private async requireComplete(db: Db, filled: FilledApplication): Promise<void> {
    const gaps = await this.gaps(db, filled);
    if (gaps.length === 0) return;
    throw applicationProblem('incomplete', {
      detail: gaps.map(({ message }) => message).join(' '),
      findings: gapFindings(gaps, this.policyOf(db).id),
    });
  }

  private async claim(tx: Tx, filled: FilledApplication & { readonly at: Date }): Promise<void> {
    const { application, form, at } = filled;
    const text = projectText({
      partyId: application.partyId,
      reference: form.projectReference,
      description: form.project ?? '',
    });
    const fingerprint = this.deps.identityIndex.digest(text);
    const of = { id: application.id, partyId: application.partyId, at };
    if (!(await claimProject(tx, of, fingerprint))) throw applicationProblem('project-taken');
  }

  private requireCurrency(db: Db, form: ApplicationForm): void {
    const { homeCurrency } = this.operatorOf(db);
    const { income, commitments } = form;
    const amounts = [
      form.amount,
      income?.monthly,
      commitments?.housing,
      commitments?.loans,
      commitments?.other,
    ];
    if (amounts.every((amount) => amount === undefined || amount.currency === homeCurrency)) return;
    throw applicationProblem('wrong-currency', { detail: `Loans here are in ${homeCurrency}.` });
  }

  private async record(
    tx: Tx,
    application: Application,
    content: Saved & { readonly changed: readonly string[] },
  ): Promise<void> {
    const { form, contact, changed } = content;
    const isEmpty = Object.values(contact).every((value) => value === undefined);
    await store.insertVersion(tx, application.id, {
      version: application.version,
      form,
      changed,
      ...(isEmpty
        ? {}
        : {
            contactEncrypted: this.deps.cipher.seal(
              JSON.stringify(contact),
              contactAddress(application),
            ),
          }),
      recordedAt: this.deps.clock.now(),
      recordedBy: tx.scope.actor.id,
    });
  }
}

/** SHA-256 of the canonical form: what the borrower signed. */
export function formHash(form: ApplicationForm): string {
  const json = formJson(form) as Json;
  return createHash('sha256').update(canonicalJson(json)).digest('hex');
}

function contactAddress({ id, version }: Pick<Application, 'id' | 'version'>) {
  return { table: 'application_versions', column: 'contact_encrypted', rowId: `${id}/${version}` };
}
