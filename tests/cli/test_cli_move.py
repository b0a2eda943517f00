"""`nurture move` takes a store to another database; the old one says so, and `nurture arm` goes back to it."""

from sqlalchemy import create_engine, inspect, text


def test_the_embedded_store_moves_into_the_one_that_is_set(
    nurture, postgres_database_url, monkeypatch, tmp_path
):
    assert nurture("users", "invite", "ann@small.example", "--role", "author").exit_code == 0
    assert "names the store itself" in nurture("move", "--yes").output

    monkeypatch.setenv(
        "NURTURE_DATABASE_URL", postgres_database_url.replace("postgres:@", "postgres:se-cret@")
    )
    assert nurture("move", input="n\n").exit_code == 1
    moved = nurture("move", "--yes")
    assert moved.exit_code == 0, moved.output
    assert "0 leads among them; each table has as many here." in moved.output
    assert "se-cret" not in moved.output
    assert "ann@small.example" in nurture("users", "list").output

    monkeypatch.delenv("NURTURE_DATABASE_URL")
    refused = nurture("users", "list")
    assert refused.exit_code == 1
    assert "this store was moved to postgresql" in refused.output
    assert "se-cret" not in refused.output
    assert nurture("arm", input="n\n").exit_code == 1
    assert nurture("users", "list").exit_code == 1
    assert nurture("arm", "--yes").exit_code == 0
    assert "ann@small.example" in nurture("users", "list").output


def test_what_cannot_be_moved_is_told(nurture, monkeypatch, tmp_path):
    monkeypatch.setenv("NURTURE_DATABASE_URL", f"sqlite:///{tmp_path / 'new.sqlite'}")
    assert "there is no store at sqlite" in nurture("move", "--yes").output
    assert not (tmp_path / "var" / "nurture.sqlite").exists()
    assert "write sqlite" in nurture("move", "mysql://x/y", "--yes").output
    assert (
        "a database cannot be opened" in nurture("move", "postgresql://nobody@127.0.0.1:1/x", "--yes").output
    )


def test_nothing_moves_among_the_tables_of_somebody_else(nurture, database_url, monkeypatch):
    assert nurture("status").exit_code == 0
    theirs = create_engine(database_url)
    with theirs.begin() as connection:
        connection.execute(text("CREATE TABLE account (number INTEGER)"))
    monkeypatch.setenv("NURTURE_DATABASE_URL", database_url)
    refused = nurture("move", "--yes")
    assert refused.exit_code == 1
    assert "has tables that are not ours" in refused.output
    assert inspect(theirs).get_table_names() == ["account"]
    theirs.dispose()


def test_who_may_make_no_tables_is_told(nurture, postgres_database_url, monkeypatch):
    assert nurture("status").exit_code == 0
    theirs = create_engine(postgres_database_url)
    with theirs.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS guest"))
        connection.execute(text("CREATE ROLE guest LOGIN"))
    theirs.dispose()
    monkeypatch.setenv("NURTURE_DATABASE_URL", postgres_database_url.replace("postgres:@", "guest:@"))
    refused = nurture("move", "--yes")
    assert refused.exit_code == 1
    assert "permission denied for schema public" in refused.output
    assert "Traceback" not in refused.output
