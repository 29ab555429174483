/** A name as a place, by a real index. */
import { expect, test } from 'bun:test'
import { findNamedPlaces } from '../../../src/tools/code/code-place.ts'
import { openCodeBench } from '../search/code-bench.ts'

test('a C function is where it is defined, not where headers declare it', async () => {
  await using bench = await openCodeBench({
    files: {
      'a.h': 'int add(int a, int b);\nint far(void);\n',
      'a.c':
        '#include "a.h"\nint add(int a, int b) { return a + b; }\nstatic int own(void) { return 1; }\n',
      'b.c': 'static int own(void) { return 2; }\n',
    },
  })
  const places = async (name: string) =>
    (await findNamedPlaces(bench.context, name)).map(({ path, line }) => `${path}:${line}`).sort()
  expect(await places('add')).toEqual(['a.c:2'])
  expect(await places('far')).toEqual(['a.h:2'])
  expect(await places('own')).toEqual(['a.c:3', 'b.c:1'])
})
