"""Who may read what the embedded tracker stores."""

import stat

from tracker.embedded.private_files import make_folder_private


def mode(path):
    return oct(stat.S_IMODE(path.lstat().st_mode))


def test_folder_and_everything_in_it_become_private(tmp_path):
    folder = tmp_path / "data"
    (folder / "mail").mkdir(parents=True, mode=0o777)
    files = [folder / "tracker.sqlite3", folder / "tracker.sqlite3-wal", folder / "mail" / "a.eml"]
    for file in files:
        file.touch()
        file.chmod(0o664)
    folder.chmod(0o755)

    make_folder_private(folder)

    assert {mode(path) for path in (folder, folder / "mail")} == {"0o700"}
    assert {mode(path) for path in files} == {"0o600"}


def test_what_a_link_leads_to_stays_as_it_is(tmp_path):
    (tmp_path / "data").mkdir()
    outside = tmp_path / "outside"
    outside.touch()
    outside.chmod(0o644)
    (tmp_path / "data" / "link").symlink_to(outside)

    make_folder_private(tmp_path / "data")

    assert mode(outside) == "0o644"


def test_folder_that_accounts_share_stays_as_it_is(tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "file").touch()
    (shared / "file").chmod(0o644)
    shared.chmod(0o1777)

    make_folder_private(shared)

    assert (mode(shared), mode(shared / "file")) == ("0o1777", "0o644")


def test_what_is_read_only_stays_read_only(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "file").chmod(0o444)

    make_folder_private(tmp_path)

    assert mode(tmp_path / "file") == "0o400"
