import { problemCatalogue } from '../../kernel/problem';

export const capProblem = problemCatalogue('caps', {
  exceeded: { kind: 'forbidden', title: 'A regulatory cap leaves too little' },
});
