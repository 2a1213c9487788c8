"""The directory is read as the tables have it, and again only when they have changed."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import insert, update

from tests.people.district import LATER, NOW, District, counting, loaded
from workflow.engine.directory import Directory
from workflow.people import tables
from workflow.people.changing import changing
from workflow.people.directory import DirectoryCache, load_directory
from workflow.people.organisations import add_organisation, add_organisations, change_organisation
from workflow.people.persons import add_person, add_persons, end_person
from workflow.store import Database


def test_empty_database_has_an_empty_directory(database: Database) -> None:
    found = loaded(database)

    assert (found.organisations, found.persons, found.posts) == ({}, {}, {})
    assert (found.holdings, found.stand_ins, found.number) == ((), (), 0)


def test_directory_has_everybody_and_its_number(database: Database, district: District) -> None:
    found = loaded(database)

    assert [each.name for each in found.climb(district.works)] == ["金彭车业", "城东镇", "示范区总工会"]
    assert set(found.persons) == {district.wang, district.li}
    assert {(post.role, post.organisation) for post in found.posts.values()} == {
        ("union_chair", district.works),
        ("reviewer", district.east),
    }
    assert found.number == 1


def test_holders_are_in_the_order_in_which_they_joined(database: Database, district: District) -> None:
    found = loaded(database)

    assert [held.since for held in found.holdings] == sorted(held.since for held in found.holdings if held.since)


def test_loading_takes_the_same_statements_for_one_and_for_many(database: Database, district: District) -> None:
    with database.read() as connection, counting(connection) as few:
        load_directory(connection)
    with changing(database) as change:
        add_persons(change, [{"name": f"第{number}"} for number in range(30)])
    with database.read() as connection, counting(connection) as many:
        load_directory(connection)

    assert len(few) == len(many) == 6


def test_cache_reads_again_only_when_something_changed(database: Database, district: District) -> None:
    cache = DirectoryCache()
    assert cache.known() is None
    with database.read() as connection:
        first = cache.current(connection)
    with database.read() as connection, counting(connection) as statements:
        assert cache.current(connection) is first
    assert len(statements) == 1
    assert cache.known() is first

    change_organisation(database, district.works, name="金彭")

    assert cache.known() is first
    with database.read() as connection:
        second = cache.current(connection)
    assert second.organisations[district.works].name == "金彭"
    assert second.number == first.number + 1
    assert cache.known() is second


def test_cache_gives_what_the_snapshot_has(database: Database, district: District) -> None:
    """A reader whose snapshot is older than the last change does not see it, whatever others have read."""
    cache = DirectoryCache()
    with database.read() as old:
        before = cache.current(old)
        change_organisation(database, district.works, name="金彭")
        with database.read() as new:
            assert cache.current(new).number == before.number + 1
        assert cache.current(old).organisations[district.works].name == "金彭车业"
    with database.read() as new:
        assert cache.current(new).organisations[district.works].name == "金彭"


def test_two_threads_read_a_change_once(database: Database, district: District) -> None:
    cache = DirectoryCache()
    together = Barrier(8)

    def look(_: int) -> Directory:
        with database.read() as connection:
            together.wait(10)
            return cache.current(connection)

    with ThreadPoolExecutor(8) as threads:
        first = list(threads.map(look, range(8)))
        add_person(database, name="赵敏")
        second = list(threads.map(look, range(8)))

    assert len({id(found) for found in first}) == len({id(found) for found in second}) == 1
    assert second[0].number == first[0].number + 1


def test_readers_and_writers_at_once_see_whole_directories(database: Database, district: District) -> None:
    """Each directory has as many organisations as its number says."""
    cache = DirectoryCache()
    start = loaded(database)

    def write(worker: int) -> None:
        for number in range(10):
            add_organisation(database, name=f"{worker}-{number}", level="enterprise", parent=district.west)

    def read(_: int) -> list[tuple[int, int]]:
        found = []
        for _round in range(30):
            with database.read() as connection:
                directory = cache.current(connection)
            found.append((directory.number, len(directory.organisations)))
        return found

    with ThreadPoolExecutor(6) as threads:
        writers = [threads.submit(write, worker) for worker in range(2)]
        seen = [pair for pairs in threads.map(read, range(4)) for pair in pairs]
        for writer in writers:
            writer.result(30)

    assert {number - organisations for number, organisations in seen} == {start.number - len(start.organisations)}
    assert loaded(database).number == start.number + 20


def test_changes_at_once_have_numbers_of_their_own(database: Database, district: District) -> None:
    before = loaded(database).number

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: add_person(database, name=f"第{number}"), range(24)))

    assert loaded(database).number == before + 24


def test_import_is_one_change(database: Database) -> None:
    with changing(database, NOW) as change:
        (top,) = add_organisations(change, [{"name": "区", "level": "district"}])
        add_organisations(change, [{"name": "镇", "level": "township", "parent": top}])
        add_persons(change, [{"name": "王芳", "employer": top}])

    assert loaded(database).number == 1


def test_ended_persons_hold_nothing_even_in_rows_left_open(database: Database, district: District) -> None:
    """As a restored or foreign database might have it: the post has no holder, whatever the row of the holding says."""
    end_person(database, district.wang, at=NOW)
    with database.write() as connection:
        connection.execute(update(tables.holding).values(valid_until=None))

    directory = loaded(database)
    post = directory.post("union_chair", district.works)
    assert post is not None
    assert directory.holders(post.id, LATER) == ()


def test_columns_of_the_table_stand_among_those_of_the_register(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(tables.principal).values(id=5000, kind="organisation"))
        row = {"id": 5000, "name": "a", "level": "b", "members": 3, "proposed": False, "valid_from": NOW}
        connection.execute(insert(tables.organisation).values({**row, "columns": '{"quota":1.5,"workers":"many"}'}))

    assert loaded(database).organisations[5000].columns == {"members": 3, "quota": 1.5, "workers": "many"}
