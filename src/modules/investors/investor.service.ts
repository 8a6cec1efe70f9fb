import { calendarDate, type CalendarDate } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import type { Money } from '../../kernel/money';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { FieldCipher } from '../../platform/field-cipher';
import type { Outbox } from '../../platform/outbox';
import {
  operatorIdOf,
  type CheckedIdentity,
  type IdentityClaim,
  type OperatorDirectory,
  type PartyService,
  type UserService,
} from '../identity';
import type { InvestorKind, Means, Rulebook, Rulebooks } from '../rulebooks';
import { requireCurrency, TierOrder } from './classification';
import { investorProblem } from './errors';
import {
  lapsed,
  requireActive,
  withStatus,
  type Investor,
  type InvestorDetails,
  type InvestorStatus,
} from './investor';
import * as store from './investor.store';
import {
  profileFacts,
  type DeclaredFacts,
  type ProfileFacts,
  type ProfileVersion,
} from './profile';

export interface InvestorDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly cipher: FieldCipher;
  readonly directory: OperatorDirectory;
  readonly rulebooks: Rulebooks;
  readonly parties: PartyService;
  readonly users: UserService;
}

export interface InvestorDraft {
  /** The log-in that is to act for the investor; absent for files kept by staff and imports. */
  readonly userId?: Id<'usr'> | undefined;
  readonly kind: InvestorKind;
  readonly name: string;
  readonly country: string;
  readonly bornOn?: CalendarDate | undefined;
  readonly identity: IdentityClaim;
}

export interface MeansDeclaration {
  readonly means: Means;
  readonly isJoint?: boolean | undefined;
  readonly declaredElsewhere?: Money | undefined;
}

/** What changes with an investor's next version. */
export interface Amendment {
  readonly investor?: Investor;
  readonly declared?: DeclaredFacts;
  /** Why, as an event's name: `tier.approved`. */
  readonly reason: string;
}

const EXPIRY_BATCH = 200;

/** The investor's file. */
export class InvestorService {
  constructor(private readonly deps: InvestorDeps) {}

  /**
   * Opens the file of a person or organisation, unverified and in the lowest tier.
   *
   * @throws Problem `identity.invalid-identity-number`, `identity.wrong-identity-kind`,
   *   `investors.already-registered`, `investors.user-has-file`, `investors.birth-date-missing`,
   *   `investors.birth-date-mismatch`.
   */
  async open(tx: Tx, draft: InvestorDraft): Promise<Investor> {
    const { clock, newId, cipher, parties, users, audit, outbox } = this.deps;
    const { party, identity } = await parties.register(tx, draft.kind, draft.identity);
    const bornOn = birthDate(draft, identity);
    const id = newId('inv');
    const investor: Investor = {
      id,
      operatorId: operatorIdOf(tx),
      partyId: party.id,
      userId: draft.userId,
      kind: draft.kind,
      status: 'active',
      verification: 'unverified',
      tier: this.tiersOf(tx).lowest,
      profileVersion: 1,
      country: draft.country,
      identityKind: party.identityKind,
      identityMasked: party.identityMasked,
      createdAt: clock.now(),
    };
    await store.insertInvestor(tx, investor, {
      nameEncrypted: cipher.seal(draft.name, address('name_encrypted', id)),
      bornOnEncrypted: bornOn && cipher.seal(bornOn, address('born_on_encrypted', id)),
    });
    await this.insertProfile(tx, investor, { declared: {}, reason: 'file.opened' });
    if (draft.userId !== undefined) await users.linkParty(tx, draft.userId, party.id);
    await audit.record(tx, { action: 'investor.opened', subject: id });
    await outbox.publish(tx, { type: 'investor.opened', subject: id, payload: {} });
    return investor;
  }

  /** @throws Problem `investors.not-found`. */
  async get(db: Db, id: Id<'inv'>): Promise<Investor> {
    const investor = await store.findInvestor(db, id);
    if (!investor) throw investorProblem('not-found');
    return investor;
  }

  /** @throws Problem `investors.not-found`. */
  async getAndLock(tx: Tx, id: Id<'inv'>): Promise<Investor> {
    return store.getInvestorAndLock(tx, id);
  }

  async findByUser(db: Db, userId: Id<'usr'>): Promise<Investor | undefined> {
    return store.findInvestorByUser(db, userId);
  }

  async findByParty(db: Db, partyId: Id<'pty'>): Promise<Investor | undefined> {
    return store.findInvestorByParty(db, partyId);
  }

  async list(db: Db, query: store.InvestorQuery): Promise<readonly Investor[]> {
    return store.listInvestors(db, query);
  }

  /** The facts of one version; immutable. */
  async factsOf(db: Db, id: Id<'inv'>, version: number): Promise<ProfileFacts> {
    return (await store.getProfile(db, id, version)).facts;
  }

  async history(
    db: Db,
    id: Id<'inv'>,
    query: Parameters<typeof store.listProfiles>[2],
  ): Promise<readonly ProfileVersion[]> {
    return store.listProfiles(db, id, query);
  }

  /** Names and dates of birth in clear, by investor. */
  async detailsOf(
    db: Db,
    ids: readonly Id<'inv'>[],
  ): Promise<ReadonlyMap<Id<'inv'>, InvestorDetails>> {
    const sealed = await store.listSealedDetails(db, ids);
    return new Map(sealed.map((details) => [details.id, this.opened(details)]));
  }

  /** @throws Problem `investors.wrong-currency`, `investors.not-active`. */
  async declareMeans(tx: Tx, id: Id<'inv'>, declaration: MeansDeclaration): Promise<Investor> {
    const { means, isJoint, declaredElsewhere } = declaration;
    requireCurrency({ ...means, declaredElsewhere }, this.rulebookOf(tx).currency);
    return this.amend(tx, id, (investor, facts) => {
      requireActive(investor);
      return {
        declared: { ...facts, means, isJoint, declaredElsewhere },
        reason: 'means.declared',
      };
    });
  }

  /** Shuts an investor out of everything that commits money. Money already there stays theirs. */
  async changeStatus(
    tx: Tx,
    id: Id<'inv'>,
    change: { readonly status: InvestorStatus; readonly reason: string },
  ): Promise<Investor> {
    const investor = withStatus(await store.getInvestorAndLock(tx, id), change.status);
    await store.updateInvestor(tx, investor);
    const event = { action: `investor.${STATUS_EVENTS[change.status]}`, subject: id };
    await this.deps.audit.record(tx, { ...event, details: { reason: change.reason } });
    await this.deps.outbox.publish(tx, { type: event.action, subject: id, payload: {} });
    return investor;
  }

  /**
   * Writes an investor's next version. `decide` is given the locked investor and the facts in
   * force; row and facts cannot drift apart, since the facts are made from the row.
   */
  async amend(
    tx: Tx,
    id: Id<'inv'>,
    decide: (investor: Investor, facts: ProfileFacts) => Amendment,
  ): Promise<Investor> {
    const before = await store.getInvestorAndLock(tx, id);
    const facts = await this.factsOf(tx, id, before.profileVersion);
    const amendment = decide(before, facts);
    return this.advance(tx, amendment.investor ?? before, {
      declared: amendment.declared ?? facts,
      reason: amendment.reason,
    });
  }

  /**
   * Lets every tier and verification lapse that ended by `now`: the tier falls to the lowest.
   *
   * @returns how many investors were changed; call again until it is 0.
   */
  async expireDue(tx: Tx, now: Date): Promise<number> {
    const { lowest } = this.tiersOf(tx);
    const due = await store.listLapsedAndLock(tx, now, EXPIRY_BATCH);
    for (const before of due) {
      const investor = lapsed(before, now, lowest);
      const facts = await this.factsOf(tx, before.id, before.profileVersion);
      const reason =
        investor.verification === before.verification ? 'tier.expired' : 'verification.expired';
      await this.advance(tx, investor, { declared: facts, reason });
      await this.deps.audit.record(tx, { action: `investor.${reason}`, subject: before.id });
    }
    return due.length;
  }

  rulebookOf(db: Db): Rulebook {
    const { directory, rulebooks } = this.deps;
    return rulebooks.get(directory.get(operatorIdOf(db)).rulebookId);
  }

  private jurisdictionOf(db: Db): string {
    return this.deps.directory.get(operatorIdOf(db)).jurisdiction;
  }

  tiersOf(db: Db): TierOrder {
    return new TierOrder(this.rulebookOf(db).definition.tiers);
  }

  private async advance(
    tx: Tx,
    changed: Investor,
    version: { readonly declared: DeclaredFacts; readonly reason: string },
  ): Promise<Investor> {
    const investor = { ...changed, profileVersion: changed.profileVersion + 1 };
    await this.insertProfile(tx, investor, version);
    await store.updateInvestor(tx, investor);
    return investor;
  }

  private async insertProfile(
    tx: Tx,
    investor: Investor,
    { declared, reason }: { readonly declared: DeclaredFacts; readonly reason: string },
  ): Promise<void> {
    await store.insertProfile(tx, {
      investorId: investor.id,
      version: investor.profileVersion,
      facts: profileFacts(investor, declared, this.jurisdictionOf(tx)),
      reason,
      recordedAt: this.deps.clock.now(),
    });
  }

  private opened({ id, nameEncrypted, bornOnEncrypted }: store.SealedDetails): InvestorDetails {
    const { cipher } = this.deps;
    return {
      name: cipher.open(nameEncrypted, address('name_encrypted', id)),
      bornOn:
        bornOnEncrypted === undefined
          ? undefined
          : calendarDate(cipher.open(bornOnEncrypted, address('born_on_encrypted', id))),
    };
  }
}

const STATUS_EVENTS: Record<InvestorStatus, string> = {
  active: 'reinstated',
  suspended: 'suspended',
  closed: 'closed',
};

/** The date of birth, which a resident identity number states itself. */
function birthDate(draft: InvestorDraft, identity: CheckedIdentity): CalendarDate | undefined {
  if (draft.kind === 'legal') return undefined;
  const bornOn = draft.bornOn ?? identity.bornOn;
  if (bornOn === undefined) throw investorProblem('birth-date-missing');
  if (identity.bornOn !== undefined && identity.bornOn !== bornOn) {
    throw investorProblem('birth-date-mismatch');
  }
  return bornOn;
}

function address(column: string, rowId: string) {
  return { table: 'investors', column, rowId };
}
