/**
 * Guesses the encoding of text that is neither UTF-8 nor UTF-16, by the shape of its bytes: a source file has too few
 * of them for letter statistics. windows-1252 where nothing speaks for another.
 */

/** A name that iconv knows. `bytes` hold at least one byte above 0x7f. */
export function detectLegacy(bytes: Uint8Array): string {
  if (isShiftJis(bytes)) return 'shift_jis'
  const shape = highByteShape(bytes)
  if (shape.letters > 0.95 && shape.runLength >= 2.5) {
    return shape.upperHalf > 0.5 ? 'windows-1251' : 'koi8-r'
  }
  return eastAsian(bytes) ?? western(bytes)
}

/** Every byte fits, and a good part is kana or its punctuation. */
function isShiftJis(bytes: Uint8Array): boolean {
  let pairs = 0
  let kana = 0
  for (let index = 0; index < bytes.length; index++) {
    const lead = bytes[index] ?? 0
    if (lead < 0x80 || (lead >= 0xa1 && lead <= 0xdf)) continue
    const trail = bytes[++index] ?? 0
    const isLead = (lead >= 0x81 && lead <= 0x9f) || (lead >= 0xe0 && lead <= 0xfc)
    if (!isLead || trail < 0x40 || trail === 0x7f || trail > 0xfc) return false
    pairs++
    const isHiragana = lead === 0x82 && trail >= 0x9f && trail <= 0xf1
    const isKatakana = lead === 0x83 && trail <= 0x96
    const isPunctuation = lead === 0x81 && trail <= 0x5b
    if (isHiragana || isKatakana || isPunctuation) kana++
  }
  return pairs > 0 && kana >= pairs * 0.3
}

/** Cyrillic words are runs of bytes above 0xc0; accented Western letters stand alone between ASCII. */
function highByteShape(bytes: Uint8Array): {
  letters: number
  upperHalf: number
  runLength: number
} {
  let high = 0
  let letters = 0
  let upper = 0
  let runs = 0
  let inRun = false
  for (const byte of bytes) {
    if (byte < 0x80) {
      inRun = false
      continue
    }
    if (!inRun) runs++
    inRun = true
    high++
    if (byte >= 0xc0 || byte === 0xa8 || byte === 0xb8 || byte === 0xa3 || byte === 0xb3) letters++
    if (byte >= 0xe0) upper++
  }
  return { letters: letters / high, upperHalf: upper / high, runLength: high / runs }
}

/** EUC-JP, EUC-KR, GB18030 or Big5, where every high byte has its partner and most characters are common ones. */
function eastAsian(bytes: Uint8Array): string | undefined {
  let pairs = 0
  let lowTrails = 0
  let kana = 0
  let hangul = 0
  let simplified = 0
  let traditional = 0
  let signs = 0
  for (let index = 0; index < bytes.length; index++) {
    const lead = bytes[index] ?? 0
    if (lead < 0x80) continue
    const trail = bytes[++index] ?? 0
    if (lead < 0x81 || lead > 0xfe || trail < 0x40 || trail === 0x7f || trail === 0xff) {
      return undefined
    }
    pairs++
    if (trail < 0xa1) lowTrails++
    if (lead === 0xa4 || lead === 0xa5) kana++
    if (lead === 0xa1 || lead === 0xa3) signs++
    if (lead >= 0xb0 && lead <= 0xc8) hangul++
    if (lead >= 0xb0 && lead <= 0xd7 && trail >= 0xa1) simplified++
    if (lead >= 0xa4 && lead <= 0xc6 && (trail < 0x7f || trail >= 0xa1)) traditional++
  }
  if (pairs === 0) return undefined
  if (lowTrails === 0) {
    if (kana >= pairs * 0.2) return 'euc-jp'
    if (hangul + signs >= pairs * 0.97 && hangul >= pairs * 0.5) return 'euc-kr'
    if (simplified + signs >= pairs * 0.7) return 'gb18030'
    return undefined
  }
  if (traditional + signs >= pairs * 0.9) return 'big5'
  return simplified + signs >= pairs * 0.6 ? 'gb18030' : undefined
}

/** Central European text shows by letters that are signs in windows-1252: ł ą ż ś inside a word. */
function western(bytes: Uint8Array): string {
  let central = 0
  let high = 0
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0
    if (byte < 0x80) continue
    high++
    const isSign = byte === 0xb3 || byte === 0xb9 || byte === 0xbf || byte === 0x9c || byte === 0x9f
    if (isSign && isLetter(bytes[index - 1]) && isLetter(bytes[index + 1])) central++
  }
  if (central > 0 && central >= high * 0.1) return 'windows-1250'
  const undefinedBytes = [0x81, 0x8d, 0x8f, 0x90, 0x9d]
  return undefinedBytes.some((byte) => bytes.includes(byte)) ? 'latin1' : 'windows-1252'
}

/** ASCII, or one of the accented letters that both encodings have. */
function isLetter(byte = 0): boolean {
  const folded = byte | 0x20
  return byte >= 0xc0 || (folded >= 0x61 && folded <= 0x7a)
}
