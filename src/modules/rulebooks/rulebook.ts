import { startOfDay, type CalendarDate } from '../../kernel/calendar-date';
import type { Currency } from '../../kernel/currency';
import { bindAttestation, type AttestationRule } from './attestation';
import type { BoundRule } from './bound-rule';
import { bindCondition } from './condition';
import { bindExposureCap, type ExposureCapRule } from './exposure-cap';
import { ACTIONS, type Action } from './facts';
import type { Context } from './context';
import { bindFlowCap, type FlowCapRule } from './flow-cap';
import { bindHolderCap, type HolderCapRule } from './holder-cap';
import type { Quantity, QuantityOperator } from './rule-operator';
import { bindObligation, type ObligationRule } from './obligation';
import { readValue, type Parameter, type Verification } from './parameter';
import { bindProhibition, type ProhibitionRule } from './prohibition';
import { bindQuantity } from './quantity';
import { bindRequirement, type RequirementRule } from './requirement';
import { Scope } from './scope';
import { bindTier, type TierRule } from './tier';
import { bindTimer, type TimerRule } from './timer';
import { versionFrom, type Version } from './version';
import type { WorkedCase } from './worked-case';

export type Rule =
  | FlowCapRule
  | ExposureCapRule
  | HolderCapRule
  | TimerRule
  | AttestationRule
  | RequirementRule
  | ProhibitionRule
  | ObligationRule
  | TierRule;

export type RuleKind = Rule['kind'];

/** The kinds of rule there are, and the one place where each gets its meaning. */
const BINDERS: {
  readonly [K in RuleKind]: (rule: Extract<Rule, { kind: K }>, scope: Scope) => BoundRule;
} = {
  'flow-cap': bindFlowCap,
  'exposure-cap': bindExposureCap,
  'holder-cap': bindHolderCap,
  timer: bindTimer,
  attestation: bindAttestation,
  requirement: bindRequirement,
  prohibition: bindProhibition,
  obligation: bindObligation,
  tier: bindTier,
};

export interface TierName {
  readonly id: string;
  readonly title: string;
}

/** What a rulebook says about itself, and what it says. */
export interface RulebookDefinition {
  readonly id: string;
  readonly title: string;
  readonly jurisdiction: string;
  readonly currency: Currency;
  /** Where its days begin and end. */
  readonly timeZone: string;
  /** Working-day calendar in `compliance/calendars`. */
  readonly calendar: string;
  readonly source: string;
  /** A draft was never law; a historical one no longer is. Neither goes live. */
  readonly status: 'in-force' | 'draft' | 'historical';
  readonly note?: string | undefined;
  readonly inForce: {
    readonly from: CalendarDate;
    readonly to?: CalendarDate | undefined;
    readonly citation: string;
    readonly verification: Verification;
  };
  /** The last is what an investor is who shows nothing. */
  readonly tiers: readonly TierName[];
  readonly parameters: readonly Parameter[];
  readonly figures: readonly Figure[];
  readonly rules: readonly Rule[];
}

/** An amount or a rate that the law defines and a calculator shows, though no rule may turn on it. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  readonly citation: string;
  readonly verification: Verification;
  readonly of: QuantityOperator;
}

/** Where a rulebook came from, and what it hashes to. */
export interface Provenance {
  readonly file: string;
  /** SHA-256 of its canonical JSON: a stored decision names exactly this text. */
  readonly contentHash: string;
  readonly cases: readonly WorkedCase[];
}

export interface BoundFigure {
  readonly figure: Figure;
  readonly of: (context: Context) => Quantity | undefined;
}

/** A version of the law with the rules that speak in it, by action. */
export interface VersionInForce extends Version {
  readonly rules: readonly BoundRule[];
  readonly rulesOn: (action: Action) => readonly BoundRule[];
}

/** A regime as data, checked and bound to code. Immutable, and good for any number of questions. */
export class Rulebook {
  readonly contentHash: string;
  readonly cases: readonly WorkedCase[];
  /** Oldest first. */
  readonly versions: readonly VersionInForce[];
  private readonly figures: ReadonlyMap<string, BoundFigure>;
  private readonly endsAtMs: number;

  /** @throws RulebookError naming the file, the JSON path and the reason. */
  constructor(
    readonly definition: RulebookDefinition,
    provenance: Provenance,
  ) {
    this.contentHash = provenance.contentHash;
    this.cases = provenance.cases;
    const scope = scopeOf(definition, provenance.file);
    checkParameters(definition, scope.at('parameters'));
    const bound = bindRules(definition, scope.at('rules'));
    this.figures = bindFigures(definition, scope.at('figures'));
    this.versions = changeDates(definition).map((from) =>
      withRules(versionFrom(definition, definition.parameters, from), bound),
    );
    const { to } = definition.inForce;
    this.endsAtMs = to ? startOfDay(to, definition.timeZone).getTime() : Infinity;
  }

  /** The figure of that id, if the rulebook defines it. */
  findFigure(id: string): BoundFigure | undefined {
    return this.figures.get(id);
  }

  get id(): string {
    return this.definition.id;
  }

  get currency(): Currency {
    return this.definition.currency;
  }

  get timeZone(): string {
    return this.definition.timeZone;
  }

  /** The tier of an investor who shows nothing. */
  get defaultTier(): TierName | undefined {
    return this.definition.tiers.at(-1);
  }

  hasTier(id: string): boolean {
    return this.definition.tiers.some((tier) => tier.id === id);
  }

  /** The law at that instant; undefined before it began and after it ended. */
  versionAt(at: Date): VersionInForce | undefined {
    const ms = at.getTime();
    if (ms >= this.endsAtMs) return undefined;
    return this.versions.findLast((version) => version.startsAtMs <= ms);
  }
}

/** Every day on which something in the rulebook changed, from the day it came into force. */
export function changeDates(definition: RulebookDefinition): readonly CalendarDate[] {
  const { from, to } = definition.inForce;
  const dates = new Set<CalendarDate>([from]);
  for (const parameter of definition.parameters) {
    for (const value of parameter.values) dates.add(value.from);
  }
  for (const rule of definition.rules) {
    if (rule.from) dates.add(rule.from);
    if (rule.to) dates.add(rule.to);
  }
  return [...dates].filter((date) => date >= from && (!to || date < to)).toSorted();
}

function scopeOf(definition: RulebookDefinition, file: string): Scope {
  return new Scope({
    file,
    parameters: new Map(definition.parameters.map((each) => [each.id, each])),
    tiers: new Set(definition.tiers.map((tier) => tier.id)),
    grammar: { quantity: bindQuantity, test: bindCondition },
  });
}

function bindFigures(
  definition: RulebookDefinition,
  scope: Scope,
): ReadonlyMap<string, BoundFigure> {
  return new Map(
    definition.figures.map((figure) => [
      figure.id,
      { figure, of: scope.at(figure.id, 'of').quantity(figure.of).of },
    ]),
  );
}

function bindRules(definition: RulebookDefinition, scope: Scope): readonly BoundRule[] {
  const taken = new Set<string>();
  return definition.rules.map((rule, index) => {
    const place = scope.at(index);
    if (taken.has(rule.id)) place.at('id').fail(`the rule ${rule.id} is there twice`);
    taken.add(rule.id);
    if (rule.from && rule.to && rule.from >= rule.to)
      place.at('to').fail('it ends before it begins');
    // The rule's own kind chose its binder.
    return (BINDERS[rule.kind] as (rule: Rule, scope: Scope) => BoundRule)(rule, place);
  });
}

function checkParameters(definition: RulebookDefinition, scope: Scope): void {
  for (const parameter of definition.parameters) {
    let last = '';
    for (const [index, dated] of parameter.values.entries()) {
      const place = scope.at(parameter.id, 'values', index);
      if (dated.from <= last) place.at('from').fail('its days must be in order of time');
      last = dated.from;
      if (dated.value === undefined) continue;
      try {
        readValue(parameter, dated.value, definition.currency);
      } catch (error) {
        place.at('value').fail(error instanceof Error ? error.message : String(error));
      }
    }
  }
}

function withRules(version: Version, bound: readonly BoundRule[]): VersionInForce {
  const rules = bound.filter(
    ({ rule }) => (!rule.from || rule.from <= version.from) && (!rule.to || version.from < rule.to),
  );
  const byAction = new Map(
    ACTIONS.map((action) => [action, rules.filter((rule) => rule.actions.includes(action))]),
  );
  return { ...version, rules, rulesOn: (action) => byAction.get(action) ?? [] };
}
