"use client";

/** Stands in for the whole document when even the frame cannot be rendered, so it brings its own words and needs nothing. */
export default function GlobalError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>Fiducial</title>
        <main>
          <h1>Fiducial cannot reach its server.</h1>
          <p lang="de">Fiducial erreicht seinen Server nicht.</p>
          <p>Scanners keep working and keep their reports. The interlock on the scanner is authoritative.</p>
          <button type="button" onClick={retry}>
            Try again / Noch einmal
          </button>
        </main>
      </body>
    </html>
  );
}
