import type { Clock } from '../../kernel/clock';
import type { CalendarDate } from '../../kernel/calendar-date';
import type { Id, NewId } from '../../kernel/id';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { FieldCipher } from '../../platform/field-cipher';
import type { Outbox } from '../../platform/outbox';
import {
  operatorIdOf,
  type IdentityClaim,
  type PartyKind,
  type PartyService,
  type UserService,
} from '../identity';
import { issuerProblem } from './errors';
import {
  initials,
  requireActive,
  requireFittingForm,
  withStatus,
  type Address,
  type Issuer,
  type IssuerStatus,
  type LegalForm,
  type SizeClass,
} from './issuer';
import * as store from './issuer.store';
import { readPeople, requireSoundPeople, writePeople, type Person } from './people';

export interface IssuerDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly cipher: FieldCipher;
  readonly parties: PartyService;
  readonly users: UserService;
}

/** What describes an issuer and may change without anybody being checked again. */
export interface IssuerParticulars {
  readonly externalId?: string | undefined;
  readonly legalForm: LegalForm;
  readonly legalFormName?: string | undefined;
  readonly jurisdiction: string;
  readonly country: string;
  readonly incorporatedOn?: CalendarDate | undefined;
  readonly address?: Address | undefined;
  readonly website?: string | undefined;
  readonly sizeClass?: SizeClass | undefined;
}

export interface IssuerDraft extends IssuerParticulars {
  readonly userId?: Id<'usr'> | undefined;
  readonly kind: PartyKind;
  readonly name: string;
  readonly identity: IdentityClaim;
  readonly people: readonly Person[];
}

const EXPIRY_BATCH = 200;

/** The issuer's file. */
export class IssuerService {
  constructor(private readonly deps: IssuerDeps) {}

  /**
   * Opens the file of a company or person that wants to raise money.
   *
   * @throws Problem `identity.invalid-identity-number`, `identity.wrong-identity-kind`,
   *   `issuers.already-registered`, `issuers.external-id-taken`, `issuers.legal-form-mismatch`,
   *   `issuers.no-officer`, `issuers.shares-exceed-whole`.
   */
  async open(tx: Tx, draft: IssuerDraft): Promise<Issuer> {
    const { clock, newId, cipher, parties, users, audit, outbox } = this.deps;
    const { userId, kind, name, identity, people, ...particulars } = draft;
    requireFittingForm(kind, draft.legalForm);
    requireSoundPeople(kind, people);
    const { party } = await parties.register(tx, kind, identity);
    const id = newId('iss');
    const issuer: Issuer = {
      ...particulars,
      id,
      operatorId: operatorIdOf(tx),
      partyId: party.id,
      userId,
      kind,
      legalName: kind === 'legal' ? name : initials(name),
      identityKind: party.identityKind,
      identityMasked: party.identityMasked,
      status: 'active',
      verification: 'unverified',
      peopleVersion: 1,
      screenedVersion: 0,
      createdAt: clock.now(),
    };
    await store.insertIssuer(tx, issuer, {
      nameEncrypted:
        kind === 'natural' ? cipher.seal(name, address('name_encrypted', id)) : undefined,
      peopleEncrypted: cipher.seal(writePeople(people), address('people_encrypted', id)),
    });
    if (userId !== undefined) await users.linkParty(tx, userId, party.id);
    await audit.record(tx, { action: 'issuer.opened', subject: id });
    await outbox.publish(tx, { type: 'issuer.opened', subject: id, payload: {} });
    return issuer;
  }

  /** @throws Problem `issuers.not-found`. */
  async get(db: Db, id: Id<'iss'>): Promise<Issuer> {
    const issuer = await store.findIssuer(db, id);
    if (!issuer) throw issuerProblem('not-found');
    return issuer;
  }

  /** @throws Problem `issuers.not-found`. */
  async getAndLock(tx: Tx, id: Id<'iss'>): Promise<Issuer> {
    return store.getIssuerAndLock(tx, id);
  }

  async findByExternalId(db: Db, externalId: string): Promise<Issuer | undefined> {
    return store.findIssuerByExternalId(db, externalId);
  }

  async findByParty(db: Db, partyId: Id<'pty'>): Promise<Issuer | undefined> {
    return store.findIssuerByParty(db, partyId);
  }

  async list(db: Db, query: store.IssuerQuery): Promise<readonly Issuer[]> {
    return store.listIssuers(db, query);
  }

  /** Officers, owners and promoters in clear, for the issuer and for staff. */
  async peopleOf(db: Db, id: Id<'iss'>): Promise<readonly Person[]> {
    const { peopleEncrypted } = await store.getSealed(db, id);
    if (peopleEncrypted === undefined) return [];
    return readPeople(this.deps.cipher.open(peopleEncrypted, address('people_encrypted', id)));
  }

  /** The whole name: of a company the registered one, of a person the one that lies sealed. */
  async nameOf(db: Db, issuer: Issuer): Promise<string> {
    if (issuer.kind === 'legal') return issuer.legalName;
    const { nameEncrypted } = await store.getSealed(db, issuer.id);
    if (nameEncrypted === undefined) return issuer.legalName;
    return this.deps.cipher.open(nameEncrypted, address('name_encrypted', issuer.id));
  }

  /** Replaces the particulars as a whole; a registered name or number is not among them. */
  async update(tx: Tx, id: Id<'iss'>, particulars: IssuerParticulars): Promise<Issuer> {
    const before = await store.getIssuerAndLock(tx, id);
    requireActive(before);
    requireFittingForm(before.kind, particulars.legalForm);
    const issuer: Issuer = {
      ...before,
      ...particulars,
      // The name by which another system finds the issuer is given once.
      externalId: particulars.externalId ?? before.externalId,
    };
    await store.keepFormer(tx, before, this.deps.clock.now());
    await store.updateIssuer(tx, issuer);
    await this.deps.audit.record(tx, { action: 'issuer.updated', subject: id });
    return issuer;
  }

  async changeStatus(
    tx: Tx,
    id: Id<'iss'>,
    change: { readonly status: IssuerStatus; readonly reason: string },
  ): Promise<Issuer> {
    const issuer = withStatus(await store.getIssuerAndLock(tx, id), change.status);
    await store.updateIssuer(tx, issuer);
    const type = `issuer.${STATUS_EVENTS[change.status]}`;
    const details = { reason: change.reason };
    await this.deps.audit.record(tx, { action: type, subject: id, details });
    await this.deps.outbox.publish(tx, { type, subject: id, payload: {} });
    return issuer;
  }

  /** Keeps new officers and owners. Who calls this also has them screened. */
  async replacePeople(tx: Tx, issuer: Issuer, people: readonly Person[]): Promise<Issuer> {
    requireActive(issuer);
    requireSoundPeople(issuer.kind, people);
    const changed: Issuer = { ...issuer, peopleVersion: issuer.peopleVersion + 1 };
    const sealed = this.deps.cipher.seal(
      writePeople(people),
      address('people_encrypted', issuer.id),
    );
    await store.updateIssuer(tx, changed, sealed);
    await this.deps.audit.record(tx, {
      action: 'issuer.people-changed',
      subject: issuer.id,
      details: { version: changed.peopleVersion },
    });
    return changed;
  }

  async save(tx: Tx, issuer: Issuer): Promise<void> {
    await store.updateIssuer(tx, issuer);
  }

  /** Lets verifications lapse that ended by `now`. @returns how many; call again until it is 0. */
  async expireDue(tx: Tx, now: Date): Promise<number> {
    const due = await store.listLapsedAndLock(tx, now, EXPIRY_BATCH);
    for (const issuer of due) {
      await store.updateIssuer(tx, {
        ...issuer,
        verification: 'expired',
        verificationExpiresAt: undefined,
      });
      const action = 'issuer.verification-expired';
      await this.deps.audit.record(tx, { action, subject: issuer.id });
    }
    return due.length;
  }
}

const STATUS_EVENTS: Record<IssuerStatus, string> = {
  active: 'reinstated',
  suspended: 'suspended',
  closed: 'closed',
};

function address(column: string, rowId: string) {
  return { table: 'issuers', column, rowId };
}
