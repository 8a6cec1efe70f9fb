import type { Context, Step } from './context';

/** Gathers the steps of a computation. A figure may be read twice; a person hears it once. */
export function explaining(context: Context): { context: Context; steps: readonly Step[] } {
  const steps: Step[] = [];
  const explain = (step: Step): void => {
    if (!steps.some(({ words }) => words === step.words)) steps.push(step);
  };
  return { context: { ...context, explain }, steps };
}
