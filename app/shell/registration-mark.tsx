/** The mark: a registration cross in a circle, in the text colour. */
export function RegistrationMark() {
  return (
    <svg
      viewBox="0 0 18 18"
      width="18"
      height="18"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      aria-hidden
    >
      <circle cx="9" cy="9" r="5.25" />
      <path d="M9 .75v16.5M.75 9h16.5" />
    </svg>
  );
}
