#!/bin/sh
bytes=$(wc -c)
panotti emit event.measured "{\"event\":\"$PANOTTI_EVENT_ID\",\"bytes\":$((bytes))}"
