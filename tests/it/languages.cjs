// What needs data about languages, of every kind that scripts can reach. Prints one JSON text; `languages.json` has what it must be.
const url = require('node:url');

const words = (/** @type {string} */ language, /** @type {string} */ text) =>
  [...new Intl.Segmenter(language, { granularity: 'word' }).segment(text)].map(({ segment }) => segment);
const sentences = [...new Intl.Segmenter('en', { granularity: 'sentence' }).segment('One. Two? Three!')].length;
const parts = {
  calendar: new Intl.DateTimeFormat('ja-u-ca-japanese', { dateStyle: 'long', timeZone: 'Asia/Tokyo' }).format(0),
  date: new Intl.DateTimeFormat('de', { dateStyle: 'full', timeStyle: 'long', timeZone: 'Europe/Berlin' }).format(0),
  zone: new Intl.DateTimeFormat('fr', { timeZoneName: 'long', timeZone: 'America/New_York' }).format(0),
  order: ['z', 'ö', 'a'].sort(new Intl.Collator('sv').compare).join('') + ['z', 'ö', 'a'].sort(new Intl.Collator('de').compare).join(''),
  pinyin: ['重', '啊', '北'].sort(new Intl.Collator('zh').compare).join(''),
  words: [words('ja', '吾輩は猫である'), words('zh', '中华人民共和国'), words('th', 'สวัสดีชาวโลก'), words('my', 'မြန်မာနိုင်ငံ'), words('en', 'a man')].map(({ length }) => length > 1),
  characters: [...new Intl.Segmenter('en').segment('e\u0301👩‍👩‍👧')].length,
  sentences,
  plural: ['ar', 'en', 'pl'].map((language) => new Intl.PluralRules(language).select(3)),
  relative: new Intl.RelativeTimeFormat('es', { numeric: 'auto' }).format(-1, 'day'),
  list: new Intl.ListFormat('nl').format(['a', 'b', 'c']),
  names: [new Intl.DisplayNames('fr', { type: 'region' }).of('DE'), new Intl.DisplayNames('it', { type: 'currency' }).of('JPY'), new Intl.DisplayNames('pt', { type: 'language' }).of('fi')],
  number: [new Intl.NumberFormat('hi').format(1234567.5), new Intl.NumberFormat('sv', { style: 'unit', unit: 'liter', unitDisplay: 'long' }).format(2), new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' }).format(1)],
  locale: new Intl.Locale('zh-TW').maximize().toString(),
  normal: ['ﬃ'.normalize('NFKC'), 'e\u0301'.normalize('NFC').length],
  letters: ['I'.toLocaleLowerCase('tr'), 'ß'.toLocaleUpperCase('de'), /^\p{Changes_When_NFKC_Casefolded}\p{Script=Thai}\p{RGI_Emoji}$/v.test('ﬃส👩‍👩‍👧')],
  compared: 'a'.localeCompare('Á', 'es', { sensitivity: 'base' }),
  hosts: [new URL('http://bücher.example').hostname, url.domainToUnicode('xn--bcher-kva.example'), url.domainToASCII('español.com')],
  encodings: [
    ['shift_jis', [0x93, 0xfa]], ['gb18030', [0xc4, 0xe3]], ['big5', [0xa4, 0xa4]], ['euc-kr', [0xc7, 0xd1]], ['windows-1251', [0xcf]], ['koi8-r', [0xc0]], ['macintosh', [0x8a]]
  ].map(([name, bytes]) => new TextDecoder(/** @type {string} */ (name)).decode(Uint8Array.from(/** @type {number[]} */ (bytes))))
};
console.log(JSON.stringify(parts));
