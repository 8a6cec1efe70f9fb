import { must } from '../../kernel/assert';
import { dateIn } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import type { Id, NewId } from '../../kernel/id';
import { Money } from '../../kernel/money';
import type { Audit } from '../../platform/audit';
import type { Db, Tx } from '../../platform/db';
import type { Outbox } from '../../platform/outbox';
import type { IdentityClaim, PartyService, RegisteredParty } from '../identity';
import { guarantorCashAccount, provisionFundAccount, type LedgerService } from '../ledger';
import { coverProblem } from './errors';
import { exposuresOf } from './exposure.queries';
import type { FundTerms } from './fund';
import type { CoverLaw } from './law.service';
import type { CoverReferences } from './ports';
import {
  approved,
  ownerOf,
  standingOf,
  withStatus,
  type Capacity,
  type Fund,
  type Guarantor,
  type GuarantorKind,
  type Provider,
  type Relation,
  type Standing,
} from './provider';
import * as store from './provider.store';

export interface ProviderDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly parties: Pick<PartyService, 'register'>;
  readonly ledger: LedgerService;
  readonly law: CoverLaw;
  readonly references: CoverReferences;
}

export interface GuarantorDraft {
  readonly kind: GuarantorKind;
  readonly name: string;
  readonly identity: IdentityClaim;
  readonly licence?: string | undefined;
  /** As it was declared; that it is the operator itself is seen by its number. */
  readonly relation: Exclude<Relation, 'operator'>;
  readonly limit: Money;
  readonly capacity: Capacity;
}

export interface FundDraft {
  readonly name: string;
  /** Who keeps the money: never the operator's own. */
  readonly keeper: IdentityClaim;
  readonly currency: Fund['currency'];
  readonly terms: FundTerms;
}

/** A guarantor with how well it could pay. */
export interface StandingGuarantor {
  readonly guarantor: Guarantor;
  readonly standing: Standing;
}

/** Guarantors, insurers and provision funds: who may stand behind loans. */
export class ProviderService {
  constructor(private readonly deps: ProviderDeps) {}

  /**
   * Records a guarantor or insurer; a second person approves it.
   *
   * @throws Problem `rulebooks.not-permitted` where the law knows no guarantee, or none by the operator
   *   or who is related to it; `cover.already-registered`, `cover.mixed-currencies`, and those of
   *   identity numbers.
   */
  async proposeGuarantor(tx: Tx, draft: GuarantorDraft): Promise<Guarantor> {
    const { law, parties } = this.deps;
    law.require(tx, 'credit-enhancement');
    const { kind, name, licence, limit, capacity } = draft;
    if (limit.currency !== capacity.amount.currency) throw coverProblem('mixed-currencies');
    const registered = await parties.register(tx, 'legal', draft.identity);
    const relation = this.relationOf(tx, registered, draft.relation);
    if (relation !== 'independent') law.require(tx, 'operator-guarantee');
    const terms = { kind, licence, relation, limit, capacity };
    return this.insert(tx, { name, currency: limit.currency, partyId: registered.party.id }, terms);
  }

  /**
   * Records a provision fund; a second person approves it.
   *
   * @throws Problem `rulebooks.not-permitted` where the law forbids such funds.
   */
  async proposeFund(tx: Tx, draft: FundDraft): Promise<Fund> {
    this.deps.law.require(tx, 'provision-fund');
    const { party } = await this.deps.parties.register(tx, 'legal', draft.keeper);
    const { name, currency, terms } = draft;
    return this.insert(tx, { name, currency, partyId: party.id }, { kind: 'fund', terms });
  }

  /** @throws Problem `cover.provider-not-found`, also for a guarantor that is asked for as a fund. */
  async getFund(db: Db, id: Id<'cov'>): Promise<Fund> {
    const provider = await store.getProvider(db, id);
    if (provider.kind !== 'fund') throw coverProblem('provider-not-found');
    return provider;
  }

  /** @throws Problem `cover.provider-not-found`, also for a fund that is asked for as a guarantor. */
  async getGuarantor(db: Db, id: Id<'cov'>): Promise<Guarantor> {
    return asGuarantor(await store.getProvider(db, id));
  }

  async listFunds(db: Db, filter: Omit<store.ProviderFilter, 'isFund'>): Promise<readonly Fund[]> {
    const found = await store.listProviders(db, { ...filter, isFund: true });
    return found.filter((provider) => provider.kind === 'fund');
  }

  async listGuarantors(
    db: Db,
    filter: Omit<store.ProviderFilter, 'isFund'>,
  ): Promise<readonly Guarantor[]> {
    const found = await store.listProviders(db, { ...filter, isFund: false });
    return found.filter((provider) => provider.kind !== 'fund');
  }

  /**
   * Lets it stand behind loans, or do so again after a suspension. What the law forbids by now is not
   * approved, whenever it was proposed.
   *
   * @throws Problem `cover.provider-status`, `cover.four-eyes`, `rulebooks.not-permitted`.
   */
  async approve(tx: Tx, id: Id<'cov'>): Promise<Provider> {
    const { clock, law } = this.deps;
    const before = await store.lockProvider(tx, id);
    law.require(tx, before.kind === 'fund' ? 'provision-fund' : 'credit-enhancement');
    const after = approved(before, { by: tx.scope.actor.id, at: clock.now() });
    return this.save(tx, after, 'approved');
  }

  /** It takes on nothing new; what it undertook stands. @throws Problem `cover.provider-status`. */
  async suspend(tx: Tx, id: Id<'cov'>): Promise<Provider> {
    return this.save(tx, withStatus(await store.lockProvider(tx, id), 'suspended'), 'suspended');
  }

  /**
   * Ends it, once it answers for nothing and has no money here, nor any on its way out.
   *
   * @throws Problem `cover.provider-status`.
   */
  async close(tx: Tx, id: Id<'cov'>): Promise<Provider> {
    const provider = withStatus(await store.lockProvider(tx, id), 'closed');
    const { balance } = await this.deps.ledger.getAccount(tx, accountOf(provider));
    const { contracts = 0, openClaims } =
      (await exposuresOf(tx, [provider])).get(provider.id) ?? {};
    if (contracts > 0 || openClaims?.isPositive || !balance.isZero) {
      throw coverProblem('provider-status', {
        detail: 'It still answers for loans, or has money here.',
      });
    }
    await this.deps.references.close(tx, ownerOf(provider));
    return this.save(tx, provider, 'closed');
  }

  /**
   * States anew what a guarantor may answer for and can pay. Until a second person has approved that,
   * it takes on nothing new.
   *
   * @throws Problem `cover.provider-not-found`, `cover.provider-status`, `cover.mixed-currencies`.
   */
  async restate(
    tx: Tx,
    id: Id<'cov'>,
    { limit, capacity }: { readonly limit: Money; readonly capacity: Capacity },
  ): Promise<Guarantor> {
    const guarantor = asGuarantor(await store.lockProvider(tx, id));
    if (guarantor.status === 'closed') throw coverProblem('provider-status');
    if ([limit, capacity.amount].some(({ currency }) => currency !== guarantor.currency)) {
      throw coverProblem('mixed-currencies', { detail: `It answers in ${guarantor.currency}.` });
    }
    const { approvedBy: _by, approvedAt: _at, ...rest } = guarantor;
    const after: Guarantor = {
      ...rest,
      limit,
      capacity,
      status: 'proposed',
      proposedBy: tx.scope.actor.id,
      proposedAt: this.deps.clock.now(),
    };
    return this.save(tx, after, 'restated');
  }

  /** Guarantors with how well each could pay, in the same order. */
  async withStandings(
    db: Db,
    guarantors: readonly Guarantor[],
  ): Promise<readonly StandingGuarantor[]> {
    const exposures = await exposuresOf(db, guarantors);
    const cash = await this.deps.ledger.listAvailable(
      db,
      guarantors.map(({ accountNo }) => accountNo),
    );
    return guarantors.map((guarantor) => {
      const exposure = must(exposures.get(guarantor.id), 'the exposure of a guarantor');
      const money = Money.ofMinor(cash.get(guarantor.accountNo) ?? 0n, guarantor.currency);
      return { guarantor, standing: standingOf(guarantor, { ...exposure, cash: money }) };
    });
  }

  /** What lies on its account and is not held. */
  async cashOf(db: Db, { accountNo, currency }: Provider): Promise<Money> {
    const available = await this.deps.ledger.listAvailable(db, [accountNo]);
    return Money.ofMinor(available.get(accountNo) ?? 0n, currency);
  }

  /** The day it is for the operator. */
  today(db: Db) {
    return dateIn(this.deps.law.operatorOf(db).timeZone, this.deps.clock.now());
  }

  private relationOf(
    tx: Tx,
    { identity }: RegisteredParty,
    declared: GuarantorDraft['relation'],
  ): Relation {
    const { identityKind, identityNumber } = this.deps.law.operatorOf(tx);
    const isSame = identity.kind === identityKind && identity.number === identityNumber;
    return isSame ? 'operator' : declared;
  }

  private async insert<Terms extends GuarantorTerms | Pick<Fund, 'kind' | 'terms'>>(
    tx: Tx,
    who: Pick<Provider, 'name' | 'currency' | 'partyId'>,
    terms: Terms,
  ) {
    const { clock, newId, references } = this.deps;
    const id = newId('cov');
    const { partyId, currency } = who;
    const opened = await references.open(tx, {
      owner: ownerOf({ id, kind: terms.kind }),
      partyId,
      currency,
    });
    const provider = {
      ...who,
      ...terms,
      id,
      status: 'proposed' as const,
      accountNo: opened.accountNo,
      reference: opened.reference,
      proposedBy: tx.scope.actor.id,
      proposedAt: clock.now(),
    };
    await store.insertProvider(tx, provider);
    await this.announce(tx, provider, 'proposed');
    return provider;
  }

  private async save<P extends Provider>(tx: Tx, provider: P, step: string): Promise<P> {
    await store.updateProvider(tx, provider);
    await this.announce(tx, provider, step);
    return provider;
  }

  private async announce(tx: Tx, { id, kind }: Provider, step: string): Promise<void> {
    const { audit, outbox } = this.deps;
    await audit.record(tx, { action: `cover.provider-${step}`, subject: id, details: { kind } });
    await outbox.publish(tx, { type: `cover.provider-${step}`, subject: id, payload: { kind } });
  }
}

type GuarantorTerms = Pick<Guarantor, 'kind' | 'licence' | 'relation' | 'limit' | 'capacity'>;

function asGuarantor(provider: Provider): Guarantor {
  if (provider.kind === 'fund') throw coverProblem('provider-not-found');
  return provider;
}

function accountOf({ id, kind, currency }: Provider) {
  return kind === 'fund' ? provisionFundAccount(id, currency) : guarantorCashAccount(id, currency);
}
