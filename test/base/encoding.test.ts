import { describe, expect, test } from 'bun:test'
import iconv from 'iconv-lite'
import { decodeText, encodeText } from '../../src/base/encoding.ts'

const samples: [string, string][] = [
  ['shift_jis', '// 日本語のコメントです。設定ファイルを読み込む\nint main() {}\n'],
  ['euc-jp', '// 日本語のコメントです。設定ファイルを読み込む\nint main() {}\n'],
  ['gb18030', '// 读取配置文件，如果不存在则返回默认值。\nint x;\n'],
  ['big5', '// 讀取設定檔，如果不存在則回傳預設值。\n'],
  ['euc-kr', '// 설정 파일을 읽고 없으면 기본값을 반환합니다.\n'],
  ['windows-1251', '// Чтение файла настроек\nint x; // привет\n'],
  ['koi8-r', '// Чтение файла настроек\nint x; // привет\n'],
  ['windows-1250', '// zażółć gęślą jaźń, proszę\n'],
  ['windows-1252', '// Größe für café – “déjà vu”\n'],
  ['windows-1252', 'x = "é"\n'],
]

describe('decodeText', () => {
  test.each(samples)('recognises %s', async (encoding, text) => {
    const decoded = await decodeText(iconv.encode(text, encoding))
    expect(decoded).toEqual({ text, format: { encoding, bom: false }, lossless: true })
  })

  test('takes UTF-8 for UTF-8, whatever letters it has', async () => {
    for (const [, text] of samples) {
      const decoded = await decodeText(Buffer.from(text))
      expect(decoded).toEqual({ text, format: { encoding: 'utf-8', bom: false }, lossless: true })
    }
  })

  test('takes a beginning that ends inside a character', async () => {
    const bytes = Buffer.from('日本語')
    for (let length = 1; length <= bytes.length; length++) {
      const decoded = await decodeText(bytes.subarray(0, length), { partial: true })
      expect(decoded?.format.encoding).toBe('utf-8')
    }
  })

  test('is undefined for what is no text', async () => {
    const binary = [
      new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1]),
      new Uint8Array(1000),
      Uint8Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256),
      new Uint8Array([0xff, 0xfe, 0, 0, 0x41, 0, 0, 0]),
    ]
    for (const bytes of binary) expect(await decodeText(bytes)).toBeUndefined()
  })

  test('an empty file is UTF-8', async () => {
    expect((await decodeText(new Uint8Array()))?.format.encoding).toBe('utf-8')
  })
})

test('any bytes that are text come back as they were', async () => {
  let state = 42
  const random = (limit: number): number => {
    state = (state * 1103515245 + 12345) % 2147483648
    return Math.floor((state / 2147483648) * limit)
  }
  let texts = 0
  for (let round = 0; round < 500; round++) {
    const isMostlyAscii = round % 2 === 0
    const bytes = Uint8Array.from({ length: random(60) }, () =>
      isMostlyAscii && random(8) > 0 ? 32 + random(95) : 128 + random(128),
    )
    const decoded = await decodeText(bytes)
    if (!decoded?.lossless) continue
    texts++
    const again = await encodeText(decoded.text, decoded.format)
    expect(Buffer.from(again).toString('hex')).toBe(Buffer.from(bytes).toString('hex'))
  }
  expect(texts).toBeGreaterThan(350)
})

test('a character that the encoding lacks is an error that names it', async () => {
  const error = await encodeText('a 漢 b', { encoding: 'windows-1252', bom: false }).catch(
    (thrown) => thrown,
  )
  expect(error.kind).toBe('invalid')
  expect(error.message).toContain('“漢” (U+6F22)')
})
