from __future__ import annotations

from spotter.engine.vocabulary import PIECES, RARE_NAME, SPECIAL, build, pieces


def test_names_fall_into_their_words() -> None:
    assert pieces("parseHTTPResponse_v2") == ["parse", "http", "response", "v", "2"]
    assert len(pieces("a_b_c_d_e_f_g_h")) == PIECES


def test_unknown_words_keep_their_class_and_their_pieces() -> None:
    vocabulary = build([("self", 9), ("x", 3)], [("max", 4)], len(SPECIAL) + 1, 1)
    assert vocabulary.words[-1] == "self"
    word, ids, _ = vocabulary.encode("max_zzz", 0)
    assert word == RARE_NAME
    assert ids[0] == 1
    assert 2 <= ids[1] < vocabulary.piece_count
    assert ids[2:] == (0, 0, 0, 0)


def test_ties_are_broken_by_text() -> None:
    first = build([("b", 1), ("a", 1)], [], len(SPECIAL) + 2, 0)
    second = build([("a", 1), ("b", 1)], [], len(SPECIAL) + 2, 0)
    assert first.words == second.words


def test_a_text_is_strange_by_a_piece_that_neither_the_vocabulary_nor_its_neighbour_has() -> None:
    vocabulary = build([], [("max", 4), ("size", 3)], len(SPECIAL), 2)
    assert vocabulary.strange("max_sze", "max_size")
    assert not vocabulary.strange("maxSize", "max_sizes")
    assert not vocabulary.strange("max_zzz", "zzz_size")
