import { startOfDay, type CalendarDate } from '../../kernel/calendar-date';
import type { Clock } from '../../kernel/clock';
import { pageOf, route, type Page, type PageRequest, type Route } from '../../platform/http';
import { contentHash } from './content-hash';
import { costCeiling } from './cost-ceiling';
import { investmentLimit } from './investment-limit';
import type { Rulebook } from './rulebook';
import {
  asCase,
  asCostCeiling,
  asHead,
  asInvestmentLimit,
  asLimitRequest,
  asParameter,
  asPractices,
  asRule,
  asRulebook,
  casesPage,
  costCeilingQuery,
  costCeilingView,
  investmentLimitBody,
  investmentLimitView,
  parametersPage,
  parametersQuery,
  practicesPage,
  practicesQuery,
  rulebookParams,
  rulebooksPage,
  rulebooksQuery,
  rulebookView,
  rulesPage,
  rulesQuery,
} from './schema';
import type { Rulebooks } from './service';

export interface RulebookRouteDeps {
  readonly clock: Clock;
  readonly rulebooks: Rulebooks;
}

const TAG = 'Rulebooks';

/** Law is public: anybody may read the rulebooks and check what they compute. */
export function rulebookRoutes(deps: RulebookRouteDeps): readonly Route[] {
  return [
    ...browsingRoutes(deps),
    ...contentRoutes(deps),
    ...answerRoutes(deps),
    calculatorRoute(deps),
  ];
}

function browsingRoutes({ rulebooks }: RulebookRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/rulebooks',
      tag: TAG,
      summary: 'The rulebooks of this installation',
      access: 'public',
      query: rulebooksQuery,
      replies: { 200: rulebooksPage },
      run: async ({ query }) => ({
        status: 200,
        body: cut(rulebooks.list().map(asHead), query, ({ id }) => id),
      }),
    }),
    route({
      method: 'get',
      path: '/v1/rulebooks/{id}',
      tag: TAG,
      summary: 'A rulebook: its source, its versions, its tiers, and what keeps it from live money',
      access: 'public',
      params: rulebookParams,
      replies: { 200: rulebookView },
      run: async ({ params }) => ({ status: 200, body: asRulebook(rulebooks.get(params.id)) }),
    }),
  ];
}

function contentRoutes({ rulebooks }: RulebookRouteDeps): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/rulebooks/{id}/parameters',
      tag: TAG,
      summary: 'Every figure that a regulator chose, with its dates and citations',
      access: 'public',
      params: rulebookParams,
      query: parametersQuery,
      replies: { 200: parametersPage },
      run: async ({ params, query }) => {
        const { parameters } = rulebooks.get(params.id).definition;
        const views = parameters.map((parameter) => asParameter(parameter, query.at));
        return { status: 200, body: cut(views, query, ({ id }) => id) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/rulebooks/{id}/rules',
      tag: TAG,
      summary: 'Every rule, with its kind, its citation and its definition',
      access: 'public',
      params: rulebookParams,
      query: rulesQuery,
      replies: { 200: rulesPage },
      run: async ({ params, query }) => {
        const views = rulebooks
          .get(params.id)
          .definition.rules.filter(({ kind }) => !query.kind || kind === query.kind)
          .map(asRule);
        return { status: 200, body: cut(views, query, ({ id }) => id) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/rulebooks/{id}/cases',
      tag: TAG,
      summary: 'The worked cases that the rulebook is tested with',
      access: 'public',
      params: rulebookParams,
      query: rulebooksQuery,
      replies: { 200: casesPage },
      run: async ({ params, query }) => {
        const views = rulebooks.get(params.id).cases.map(asCase);
        return { status: 200, body: cut(views, query, ({ name }) => cursorOf(name)) };
      },
    }),
  ];
}

/** What a rulebook answers on a day, at its first instant; today, at this moment. */
function answerRoutes({ clock, rulebooks }: RulebookRouteDeps): readonly Route[] {
  const instantOf = (rulebook: Rulebook, day: CalendarDate | undefined): Date =>
    day === undefined ? clock.now() : startOfDay(day, rulebook.timeZone);
  return [
    route({
      method: 'get',
      path: '/v1/rulebooks/{id}/practices',
      tag: TAG,
      summary: 'Which ways of doing business the law of a day allows, and which it forbids',
      access: 'public',
      params: rulebookParams,
      query: practicesQuery,
      replies: { 200: practicesPage },
      run: async ({ params, query }) => {
        const rulebook = rulebooks.get(params.id);
        const views = asPractices(rulebook, instantOf(rulebook, query.at));
        return { status: 200, body: cut(views, query, ({ practice }) => practice) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/rulebooks/{id}/cost-ceiling',
      tag: TAG,
      summary: 'The most that a loan may cost its borrower a year, by the law of a day',
      access: 'public',
      params: rulebookParams,
      query: costCeilingQuery,
      replies: { 200: costCeilingView },
      run: async ({ params, query }) => {
        const rulebook = rulebooks.get(params.id);
        const ceiling = costCeiling(rulebook, { at: instantOf(rulebook, query.at) });
        return { status: 200, body: asCostCeiling(ceiling) };
      },
    }),
  ];
}

function calculatorRoute({ clock, rulebooks }: RulebookRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/calculators/investment-limit',
    tag: 'Calculators',
    summary: 'How much an investor may invest under a rulebook on a day, step by step',
    description: 'The same function that decides on subscriptions. Nothing is stored.',
    access: 'public',
    body: investmentLimitBody,
    replies: { 200: investmentLimitView },
    run: async ({ body }) => {
      const rulebook = rulebooks.get(body.rulebookId);
      const request = asLimitRequest(body, { timeZone: rulebook.timeZone, now: clock.now() });
      return { status: 200, body: asInvestmentLimit(investmentLimit(rulebook, request)) };
    },
  });
}

/** The page after a cursor of what stands in the order of its file. */
function cut<Item>(
  items: readonly Item[],
  { limit, after }: PageRequest,
  cursor: (item: Item) => string,
): Page<Item> {
  const start = after === undefined ? 0 : items.findIndex((item) => cursor(item) === after) + 1;
  // A cursor that stands nowhere is past the end, not the beginning again.
  const rest = after !== undefined && start === 0 ? [] : items.slice(start, start + limit + 1);
  return pageOf(rest, limit, cursor);
}

/** A case is known by its sentence, which may be longer than a cursor. */
function cursorOf(name: string): string {
  return contentHash(name).slice(0, 24);
}
