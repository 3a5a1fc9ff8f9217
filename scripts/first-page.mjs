// What the first page costs: how many bytes in how many files a browser fetches to show it.
import { request } from "node:http";

/** @typedef {{ bytes: number, files: number }} FirstPage */

/**
 * @param {string} url of a page over plain http on loopback
 * @returns {Promise<FirstPage>} as transferred, compressed
 */
export async function measureFirstPage(url) {
  const page = await transfer(url, "identity");
  const names = [...page.text.matchAll(/(?:src|href)="(\/_next\/static\/[^"]+\.(?:js|css|woff2))/g)];
  const assets = new Set(names.map(([, path]) => new URL(path ?? "", url).href));
  const sizes = [(await transfer(url, "gzip")).bytes];
  for (const asset of assets) sizes.push((await transfer(asset, "gzip")).bytes);
  return { bytes: sizes.reduce((sum, one) => sum + one, 0), files: sizes.length };
}

/**
 * @param {string} url
 * @param {string} encoding
 * @returns {Promise<{ bytes: number, text: string }>}
 */
function transfer(url, encoding) {
  return new Promise((done, fail) => {
    const asked = request(url, { headers: { "accept-encoding": encoding } }, (answer) => {
      /** @type {Buffer[]} */
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.once("error", fail);
      answer.once("end", () => {
        const body = Buffer.concat(chunks);
        done({ bytes: body.length, text: encoding === "identity" ? body.toString("utf8") : "" });
      });
    });
    asked.once("error", fail);
    asked.end();
  });
}
