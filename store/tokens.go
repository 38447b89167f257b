package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"andon/signals"
)

// tokenLife is how long it is kept who pulled a cord anonymously.
const tokenLife = 90 * 24 * time.Hour

// Anonymous is the id that stands for whoever pulled the cord under a token: as
// the actor of the event, and as the raiser of the records that come of it.
func Anonymous(token string) string { return signals.ID(signals.Own, anonymousSite, token) }

const anonymousSite = "anonymous"

// tokenOf is the token in an id made by Anonymous; the token itself is left as
// it is.
func tokenOf(id string) string {
	for _, source := range []string{signals.Own, "own"} {
		if token, ok := strings.CutPrefix(id, source+"/"+anonymousSite+"/"); ok {
			return storable(token)
		}
	}
	return storable(id)
}

// PutToken keeps who pulled the cord anonymously, under a token that the
// envelope bears in the person's place: bare, or as Anonymous makes it. Only this
// row knows the person; it serves to ask them whether the matter is solved. A
// token that is known already takes the new signal. signal may be empty as long
// as nobody knows it: then the raiser of the record leads here.
func (db *DB) PutToken(ctx context.Context, token, signal, person string, at time.Time) (err error) {
	defer explain(&err, "keep who pulled the cord")
	if tokenOf(token) == "" || person == "" {
		return errors.New("a token and a person are needed")
	}
	return db.inTx(ctx, func(t *txn) error {
		_, err := t.exec(ctx, `INSERT INTO tokens (token, signal, person, at) VALUES (?, ?, ?, ?)
			ON CONFLICT (token) DO UPDATE SET signal = CASE WHEN excluded.signal <> '' THEN excluded.signal ELSE tokens.signal END`,
			tokenOf(token), storable(signal), storable(person), micros(at))
		return err
	})
}

// PersonOf returns who stands behind a token, bare or as Anonymous makes it;
// false when nobody is known, or no longer. It serves to ask that person alone:
// nobody else may see the answer.
func (db *DB) PersonOf(ctx context.Context, token string) (person string, ok bool, err error) {
	defer explain(&err, "read who is to be asked")
	err = db.readOne(ctx, personQuery, []any{tokenOf(token)}, &person)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return person, err == nil, err
}

// TakeToken returns who pulled the cord that a signal came of, by the signal's
// key or by the raiser of its record; false when nobody is known, or no longer.
// The row stays until DropToken: asking may take more than one try.
func (db *DB) TakeToken(ctx context.Context, signal string) (person string, ok bool, err error) {
	defer explain(&err, "read who is to be asked")
	err = db.readOne(ctx, "SELECT person FROM tokens WHERE signal = ? AND signal <> '' ORDER BY at, token LIMIT 1", []any{storable(signal)}, &person)
	if err == nil {
		return person, true, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return "", false, err
	}
	raiser, err := raiserOf(ctx, db.read, signal)
	if err != nil || raiser == "" {
		return "", false, err
	}
	return db.PersonOf(ctx, raiser)
}

const personQuery = "SELECT person FROM tokens WHERE token = ?"

// raiserOf is the raiser of a record, by its signal's key; empty for nobody.
func raiserOf(ctx context.Context, query querier, signal string) (raiser string, err error) {
	err = scanOne(ctx, query, "SELECT raiser FROM records WHERE key = ?", []any{storable(signal)}, &raiser)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return raiser, err
}

// DropToken forgets who pulled the cord that a signal came of. SQLite writes
// zeros over the row. The record keeps the token, which leads nowhere then.
func (db *DB) DropToken(ctx context.Context, signal string) (err error) {
	defer explain(&err, "forget who pulled the cord")
	return db.inTx(ctx, func(t *txn) error {
		return securely(ctx, t, func() error {
			raiser, err := raiserOf(ctx, t.query, signal)
			if err != nil {
				return err
			}
			_, err = t.exec(ctx, "DELETE FROM tokens WHERE (signal = ? AND signal <> '') OR token = ?", storable(signal), tokenOf(raiser))
			return err
		})
	})
}

// expireTokens forgets who pulled a cord longer ago than is kept, and takes the
// tokens out of the records that bear them.
func (db *DB) expireTokens(ctx context.Context) (n int64, err error) {
	before := micros(db.now().Add(-tokenLife))
	err = db.inTx(ctx, func(t *txn) error {
		return securely(ctx, t, func() error {
			rows, err := t.query(ctx, oldTokensQuery, before)
			if err != nil {
				return err
			}
			old, err := texts(rows)
			if n = int64(len(old)); err != nil || n == 0 {
				return err
			}
			d := db.dialect
			if _, err := t.exec(ctx, "UPDATE records SET raiser = '', rev = rev + 1 WHERE raiser <> '' AND "+d.in("raiser"), list(d, anonymousIDs(old))); err != nil {
				return err
			}
			_, err = t.exec(ctx, "DELETE FROM tokens WHERE "+d.in("token"), list(d, old))
			return err
		})
	})
	return n, err
}

const oldTokensQuery = "SELECT token FROM tokens WHERE at < ? ORDER BY at, token"

// anonymousIDs are the ids that may stand for tokens.
func anonymousIDs(tokens []string) (ids []string) {
	for _, token := range tokens {
		ids = append(ids, Anonymous(token), signals.ID("own", anonymousSite, token))
	}
	return ids
}

// anonymous adds what persons raised without their name, as far as it is known.
func (x *forgetter) anonymous(ctx context.Context, persons []string) ([]string, error) {
	rows, err := x.t.query(ctx, "SELECT token FROM tokens WHERE "+x.in("person")+" ORDER BY token", list(x.t.db.dialect, persons))
	if err != nil {
		return nil, err
	}
	tokens, err := texts(rows)
	return slices.DeleteFunc(anonymousIDs(tokens), func(id string) bool { return id == "" }), err
}
