// Runs with the unmodified databricks-sql-go; prints one line of JSON.
package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"

	_ "github.com/databricks/databricks-sql-go"
)

type answer struct {
	Orders [][]string `json:"orders"`
	Named  string     `json:"named"`
	Many   int        `json:"many"`
	Failed string     `json:"failed,omitempty"`
	Error  string     `json:"error,omitempty"`
}

func main() {
	result, err := run(os.Getenv("DSN"))
	if err != nil {
		result.Failed = err.Error()
	}
	line, _ := json.Marshal(result)
	fmt.Println(string(line))
}

func run(dsn string) (answer, error) {
	var result answer
	db, err := sql.Open("databricks", dsn)
	if err != nil {
		return result, err
	}
	defer db.Close()
	rows, err := db.Query("SELECT CAST(id AS STRING), region, email FROM main.sales.orders ORDER BY id")
	if err != nil {
		return result, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, region, email string
		if err := rows.Scan(&id, &region, &email); err != nil {
			return result, err
		}
		result.Orders = append(result.Orders, []string{id, region, email})
	}
	if err := db.QueryRow("SELECT ? AS word", "it's").Scan(&result.Named); err != nil {
		return result, err
	}
	many, err := db.Query("SELECT id FROM range(250000)")
	if err != nil {
		return result, err
	}
	defer many.Close()
	for many.Next() {
		result.Many++
	}
	if err := many.Err(); err != nil {
		return result, err
	}
	_, err = db.Query("SELECT * FROM main.sales.nope")
	if err != nil {
		result.Error = err.Error()
	}
	return result, nil
}
