/** Tailwind 4 runs as one PostCSS plugin; it finds its sources by itself. */
export default { plugins: { "@tailwindcss/postcss": {} } };
