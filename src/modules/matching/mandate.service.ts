import { createHash } from 'node:crypto';
import { must } from '../../kernel/assert';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import { operatorIdOf, type OperatorDirectory } from '../identity';
import { requireActive, type InvestorService } from '../investors';
import { assess, permits, type Rulebook, type Rulebooks } from '../rulebooks';
import { matchingProblem } from './errors';
import {
  afterStep,
  mandateFaults,
  parametersSet,
  type Mandate,
  type MandateStep,
  type MandateTerms,
  type MandateVersion,
} from './mandate';
import * as store from './mandate.store';
import { mandateText, type MandateText } from './mandate-text';

export interface MandateDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly investors: InvestorService;
  readonly directory: OperatorDirectory;
  readonly rulebooks: Rulebooks;
}

/** A mandate as its lender and the staff see it. */
export interface MandateFile {
  readonly mandate: Mandate;
  readonly versions: readonly store.SignedVersion[];
  /** The text of the newest version. */
  readonly text: MandateText;
}

export interface MandateSignature {
  /** Of the text in the language that was read; either stands for the same terms. */
  readonly textSha256: string;
  readonly acknowledged: readonly string[];
}

const EXPIRY_BATCH = 500;

/** Lenders' standing instructions: drafted, signed by their text's hash, changed, revoked. */
export class MandateService {
  constructor(private readonly deps: MandateDeps) {}

  /**
   * Drafts a mandate: nothing is lent before the lender signs its text.
   *
   * @throws Problem `matching.mandate-faults`, `matching.mandate-open`,
   *   `matching.mandate-not-permitted`, `investors.not-active`.
   */
  async draft(tx: Tx, investorId: Id<'inv'>, terms: MandateTerms): Promise<MandateFile> {
    const { clock, newId, audit, investors } = this.deps;
    requireActive(await investors.getAndLock(tx, investorId));
    const mandate: Mandate = {
      id: newId('mnd'),
      investorId,
      currency: terms.currency,
      status: 'draft',
      signedVersion: 0,
      latestVersion: 1,
      expiresAt: terms.expiresAt,
      createdAt: clock.now(),
    };
    this.requireLawful(tx, terms);
    await store.insertMandate(tx, mandate);
    await this.insertVersion(tx, mandate, terms);
    await audit.record(tx, { action: 'mandate.drafted', subject: mandate.id });
    return this.fileOf(tx, mandate);
  }

  /**
   * Drafts other terms. The version in force stays in force until the new one is signed.
   *
   * @throws Problem `matching.mandate-faults`, `matching.mandate-status`,
   *   `matching.mandate-not-permitted`.
   */
  async change(tx: Tx, id: Id<'mnd'>, terms: MandateTerms): Promise<MandateFile> {
    const before = await store.getMandateAndLock(tx, id);
    if (before.currency !== terms.currency || before.endedAt) {
      throw matchingProblem('mandate-status', {
        detail: 'The currency of a mandate stays, and an ended one is not changed.',
      });
    }
    this.requireLawful(tx, terms);
    const mandate = { ...before, latestVersion: before.latestVersion + 1 };
    await store.updateMandate(tx, mandate);
    await this.insertVersion(tx, mandate, terms);
    await this.deps.audit.record(tx, { action: 'mandate.changed', subject: id });
    return this.fileOf(tx, mandate);
  }

  /**
   * Puts the newest version in force.
   *
   * @throws Problem `matching.text-changed` when another text was read than would be signed,
   *   `matching.mandate-not-permitted`, `matching.mandate-status`.
   */
  async sign(tx: Tx, id: Id<'mnd'>, signature: MandateSignature): Promise<MandateFile> {
    const { clock, audit, outbox } = this.deps;
    const now = clock.now();
    const before = await store.getMandateAndLock(tx, id);
    const [newest] = await store.listVersions(tx, id);
    const { terms, version } = must(newest, 'a version of the mandate');
    const hashes = Object.values(mandateText(terms)).map(sha256);
    if (!hashes.includes(signature.textSha256)) throw matchingProblem('text-changed');
    this.requireLawful(tx, terms);
    await this.requireLawfulFor(tx, before.investorId, terms);
    const mandate: Mandate = {
      ...afterStep(before, 'sign', now),
      signedVersion: version,
      expiresAt: terms.expiresAt,
    };
    const { acknowledged } = signature;
    const signedBy = tx.scope.actor.id;
    if (before.signedVersion < version) {
      await store.insertSignature(tx, {
        mandateId: id,
        version,
        acknowledged,
        signedBy,
        signedAt: now,
      });
    }
    await store.updateMandate(tx, mandate);
    await audit.record(tx, {
      action: 'mandate.signed',
      subject: id,
      details: { version, textSha256: signature.textSha256 },
    });
    await outbox.publish(tx, { type: 'mandate.signed', subject: id, payload: { version } });
    return this.fileOf(tx, mandate);
  }

  /** @throws Problem `matching.mandate-status`, `matching.mandate-not-found`. */
  async step(tx: Tx, id: Id<'mnd'>, step: Exclude<MandateStep, 'sign'>): Promise<MandateFile> {
    const { clock, audit, outbox } = this.deps;
    const mandate = afterStep(await store.getMandateAndLock(tx, id), step, clock.now());
    await store.updateMandate(tx, mandate);
    const action = `mandate.${EVENTS[step]}`;
    await audit.record(tx, { action, subject: id });
    await outbox.publish(tx, { type: action, subject: id, payload: {} });
    return this.fileOf(tx, mandate);
  }

  /** Ends what has run out. @returns how many; call again until it is 0. */
  async expireDue(tx: Tx, now: Date): Promise<number> {
    const due = await store.listExpired(tx, now, EXPIRY_BATCH);
    for (const id of due) await this.step(tx, id, 'expire');
    return due.length;
  }

  /** @throws Problem `matching.mandate-not-found`. */
  async get(db: Db, id: Id<'mnd'>): Promise<MandateFile> {
    const mandate = await store.findMandate(db, id);
    if (!mandate) throw matchingProblem('mandate-not-found');
    return this.fileOf(db, mandate);
  }

  async list(db: Db, query: store.MandateQuery): Promise<readonly Mandate[]> {
    return store.listMandates(db, query);
  }

  private async fileOf(db: Db, mandate: Mandate): Promise<MandateFile> {
    const versions = await store.listVersions(db, mandate.id);
    return { mandate, versions, text: mandateText(must(versions[0], 'a version').terms) };
  }

  private async insertVersion(tx: Tx, mandate: Mandate, terms: MandateTerms): Promise<void> {
    const version: MandateVersion = {
      mandateId: mandate.id,
      version: mandate.latestVersion,
      terms,
      textSha256: sha256(mandateText(terms).en),
      draftedBy: tx.scope.actor.id,
      draftedAt: this.deps.clock.now(),
    };
    await store.insertVersion(tx, version);
  }

  /** What can be said of the terms whoever the lender is. */
  private requireLawful(db: Db, terms: MandateTerms): void {
    const at = this.deps.clock.now();
    const faults = mandateFaults(terms, at);
    if (faults.length > 0) {
      throw matchingProblem('mandate-faults', {
        detail: faults.map(({ message }) => message).join(' '),
      });
    }
    const { finding } = permits(this.rulebookOf(db), 'automatic-lending', at);
    if (finding && !terms.approvesEach) {
      const detail = `${finding.message} Choose to approve each loan.`;
      throw matchingProblem('mandate-not-permitted', { detail, findings: [finding] });
    }
  }

  private async requireLawfulFor(
    db: Db,
    investorId: Id<'inv'>,
    terms: MandateTerms,
  ): Promise<void> {
    const { investors, clock } = this.deps;
    const { profileVersion } = await investors.get(db, investorId);
    const decision = assess(this.rulebookOf(db), 'mandate', {
      at: clock.now(),
      investor: await investors.factsOf(db, investorId, profileVersion),
      mandate: {
        isSigned: true,
        expiresAt: terms.expiresAt,
        parametersSet: parametersSet(terms),
      },
    });
    if (decision.allowed) return;
    throw matchingProblem('mandate-not-permitted', { findings: decision.findings });
  }

  private rulebookOf(db: Db): Rulebook {
    const { directory, rulebooks } = this.deps;
    return rulebooks.get(directory.get(operatorIdOf(db)).rulebookId);
  }
}

const EVENTS: Readonly<Record<Exclude<MandateStep, 'sign'>, string>> = {
  pause: 'paused',
  resume: 'resumed',
  revoke: 'revoked',
  expire: 'expired',
};

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
