import { Router, type IRoute, type RequestHandler } from 'express';
import { assert } from '../../kernel/assert';

const OPTIONS = { caseSensitive: true, strict: true };

/**
 * A router for each section of the API, such as `/v1/subscriptions`.
 *
 * A router of Express tries its routes one after another. With hundreds of them in one, finding the
 * right one costs a request more than reading its body.
 */
export class Sections {
  private readonly routers = new Map<string, Router>();

  /**
   * The place of a path, written as the route table writes it.
   *
   * @throws AssertionError where the section itself would be a parameter.
   */
  route(path: string): IRoute {
    const section = sectionOf(path);
    assert(!section.includes('{'), `${path} belongs to no section`);
    const router = this.routers.get(section) ?? Router(OPTIONS);
    this.routers.set(section, router);
    return router.route(path.replaceAll(/\{(\w+)\}/g, ':$1'));
  }

  readonly handle: RequestHandler = (request, response, next) => {
    const router = this.routers.get(sectionOf(request.path));
    if (router === undefined) next();
    else router(request, response, next);
  };

  get stack(): Router['stack'] {
    return [...this.routers.values()].flatMap(({ stack }) => stack);
  }
}

/** What all paths of a section begin with: never a parameter, so that it can be looked up. */
function sectionOf(path: string): string {
  const [, first = '', second = ''] = path.split('/', 3);
  return first === 'v1' ? `v1/${second}` : first;
}
